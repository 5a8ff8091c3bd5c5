// Progressive enhancement only: everything works as a plain GET or POST without this file.
document.documentElement.classList.add("js");
const policy = window.trustedTypes?.createPolicy("soh", { createHTML: (s) => s }) ?? { createHTML: (s) => s };

// Leave at once: the page does not stay in the history of this tab, and the
// session ends behind it. Without an answer from us one still leaves.
for (const f of document.querySelectorAll("[data-snelweg]")) {
  f.addEventListener("submit", (e) => {
    e.preventDefault();
    e.stopPropagation();
    document.documentElement.hidden = true;
    document.body.replaceChildren();
    fetch(f.action, { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
    location.replace(f.dataset.snelweg);
  });
}
// A page that the browser kept whole is asked for again: who went back after
// signing out sees nothing.
addEventListener("pageshow", (e) => {
  if (e.persisted) location.reload();
});

// After sending a form, start reading at what happened.
(document.querySelector("[data-foutlijst]") ?? document.querySelector("[data-bericht]"))?.focus();

// A filter changes one part of the page instead of loading all of it.
document.addEventListener("change", (e) => {
  e.target.closest("form[data-deel]")?.requestSubmit();
});
document.addEventListener("submit", async (e) => {
  const f = e.target.closest("form[data-deel]");
  if (!f || f.method !== "get") return;
  e.preventDefault();
  const url = new URL(f.action);
  url.search = new URLSearchParams(new FormData(f)).toString();
  const r = await fetch(url);
  if (!r.ok) return f.submit();
  const doc = new DOMParser().parseFromString(policy.createHTML(await r.text()), "text/html");
  const van = doc.getElementById(f.dataset.deel), naar = document.getElementById(f.dataset.deel);
  if (!van || !naar) return f.submit();
  naar.replaceChildren(...van.childNodes);
  history.replaceState(null, "", url);
});

// One press sends a form once.
document.addEventListener("submit", (e) => {
  if (e.target.method !== "post") return;
  if (e.target.dataset.verstuurd) return e.preventDefault();
  e.target.dataset.verstuurd = "ja";
});
addEventListener("pageshow", () => {
  for (const f of document.forms) delete f.dataset.verstuurd;
});

// News is told; it never moves what someone is reading.
const pad = document.body.dataset.livePad;
if (pad) {
  const bron = new EventSource(pad);
  bron.addEventListener("nieuw", (e) => {
    const vak = document.querySelector("[data-live] > div");
    if (!vak) return;
    vak.querySelector("span").textContent = e.data;
    vak.querySelector("a").href = location.href;
    vak.hidden = false;
  });
  addEventListener("pagehide", () => bron.close());
}

// Read aloud with the device's own voices.
const knop = document.querySelector("[data-lees]");
if (knop && "speechSynthesis" in window) {
  knop.addEventListener("click", () => {
    if (speechSynthesis.speaking) return speechSynthesis.cancel();
    const u = new SpeechSynthesisUtterance(document.getElementById(knop.dataset.lees).innerText);
    u.lang = document.documentElement.lang;
    u.rate = 0.9;
    speechSynthesis.speak(u);
  });
}
