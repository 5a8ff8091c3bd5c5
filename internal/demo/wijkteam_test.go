package demo

// wijkteamOIN is the local team of the demo network.
const wijkteamOIN = "00000004999000103000"
