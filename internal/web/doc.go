// Package web is what every page of the system shares: the frame, the
// components, forms, languages, dates, built assets and security headers. It
// knows no function of the field; callers bring their own templates with
// Site.Met and show them with Site.Toon.
//
// It promises that every page is complete HTML without script, that nothing
// inline is needed (the Content-Security-Policy allows none), that a page is
// never kept in a cache, and that a form comes back with all its mistakes at
// once and with what the person had filled in.
package web
