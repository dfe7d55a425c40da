// The player on an episode's page and in a frame. Without it the browser's own controls are there, and links are links.
for (const player of document.querySelectorAll(".player")) {
  const audio = player.querySelector("audio");
  const speed = player.querySelector("select");
  const status = player.querySelector("[role=status]");
  const { page, title, show, artwork, ready, resumes, broken } = player.dataset;

  const memory = {
    get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* for this visit only, then */ } },
    forget: (name) => { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } },
  };
  const place = `at ${page}`;

  const clock = (seconds) => {
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    if (!parts[0]) parts.shift();
    return parts.map((part, n) => n ? String(part).padStart(2, "0") : part).join(":");
  };
  const say = (text, seconds) => { status.textContent = text.replace("{time}", clock(seconds)); };
  // "810" or "810.5", else null.
  const seconds = (text) => /^\d{1,6}(\.\d{1,3})?$/.test(text ?? "") ? Number(text) : null;
  const asked = (query) => seconds(new URLSearchParams(query).get("t"));
  // Where a link of this page leads to in the audio, or null.
  const target = (link) =>
    link.origin === location.origin && [page, location.pathname].includes(link.pathname) ? asked(link.search) : null;

  // Nothing is asked of anybody before play: until then a place is only remembered.
  let waiting = null;
  const now = () => waiting ?? audio.currentTime;
  const jump = (to) => {
    to = Math.max(0, to);
    if (audio.readyState) audio.currentTime = to;
    else waiting = to;
    mark();
  };
  const skip = (by) => jump(Math.min(now() + by, audio.duration || Infinity));
  const play = async () => {
    try {
      await audio.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") return;
      audio.focus();
      say(ready, now());
    }
  };
  const start = (at) => { jump(at); play(); };

  const chapters = [...document.querySelectorAll(".chapters a")].filter((link) => target(link) !== null);
  function mark() {
    const current = chapters.findLast((link) => target(link) <= now() && (now() || !audio.paused));
    for (const link of chapters) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  let kept = 0;
  const keep = () => {
    kept = audio.currentTime;
    if (audio.ended) memory.forget(place);
    else if (kept) memory.set(place, kept.toFixed(1));
  };
  audio.addEventListener("loadedmetadata", () => {
    if (waiting !== null) audio.currentTime = waiting;
    waiting = null;
  });
  audio.addEventListener("timeupdate", () => {
    mark();
    if (Math.abs(audio.currentTime - kept) >= 5) keep();
  });
  audio.addEventListener("pause", keep);
  audio.addEventListener("ended", keep);
  addEventListener("pagehide", keep);
  audio.addEventListener("play", () => say(""));
  audio.addEventListener("error", () => say(broken));

  const pace = (rate) => { audio.defaultPlaybackRate = audio.playbackRate = rate; };
  speed.addEventListener("change", () => pace(Number(speed.value)));
  audio.addEventListener("ratechange", () => {
    speed.value = String(audio.playbackRate);
    memory.set("speed", audio.playbackRate);
  });

  player.addEventListener("click", ({ target: { dataset } }) => dataset.skip && skip(Number(dataset.skip)));
  // Only while the focus is in the player; the space bar is the browser's own there.
  player.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === speed) return;
    const press = { j: () => skip(-15), l: () => skip(30), k: () => audio.paused ? play() : audio.pause() }[event.key.toLowerCase()];
    if (!press) return;
    event.preventDefault();
    press();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const at = target(link);
    if (at === null) return;
    event.preventDefault();
    start(at);
  });

  audio.addEventListener("play", () => {
    const { mediaSession } = navigator;
    if (!mediaSession) return;
    const pictures = artwork ? [{ src: artwork, sizes: "384x384", type: "image/webp" }] : [];
    mediaSession.metadata = new MediaMetadata({ title, artist: show, artwork: pictures });
    mediaSession.setActionHandler("seekbackward", () => skip(-15));
    mediaSession.setActionHandler("seekforward", () => skip(30));
    mediaSession.setActionHandler("seekto", ({ seekTime }) => jump(seekTime));
  }, { once: true });

  // The fragment is for browsers without script.
  if (audio.src.includes("#")) audio.src = audio.src.replace(/#.*/, "");
  pace(Number(memory.get("speed")) || 1);
  const here = () => asked(location.hash.slice(1));
  const first = here() ?? asked(location.search);
  const last = seconds(memory.get(place));
  if (first !== null) start(first);
  else if (last) { jump(last); say(resumes, last); }
  addEventListener("hashchange", () => here() !== null && start(here()));
}

// A player of another host is loaded when it is asked for, never before.
for (const poster of document.querySelectorAll(".poster")) {
  poster.querySelector("a").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.title = poster.dataset.title;
    frame.allow = "autoplay";
    frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";
    frame.src = poster.dataset.frame;
    poster.replaceChildren(frame);
    frame.focus();
  });
}
