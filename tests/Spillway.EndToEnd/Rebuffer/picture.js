// Added to every page, ours or not, before its own scripts: how the picture goes on, seen from outside the player.
(() => {
  const EVERY = 100;
  // Seconds: less is the beat of the timer and of the picture.
  const LEAST_STALL = 0.3;
  // Seconds of media ahead below which a picture that stands still may do so for want of it.
  const LOW = 0.5;
  // Seconds by which the position may rise more than the time that has passed; more is a jump.
  const NOISE = 0.6;

  let video;
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    video = this;
    return play.call(this);
  };

  const stalls = [];
  const seen = { first: null, played: 0, skipped: 0, moved: 0, position: undefined, at: 0, starved: false };
  const now = () => performance.timeOrigin + performance.now();

  setInterval(() => {
    if (video === undefined) return;
    const at = now();
    const position = video.currentTime;
    const before = seen.position;
    const passed = (at - seen.at) / 1000;
    seen.position = position;
    seen.at = at;
    if (before === undefined) return;
    if (position === before) {
      seen.starved ||= isStarved();
      return;
    }
    const moved = position - before;
    const isJump = moved < 0 || moved > passed + NOISE;
    if (seen.first === null) {
      // The jump to where it begins is no picture yet.
      if (isJump || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.paused) return;
      seen.first = at;
    } else {
      // What it has moved by it has been moving for; what a jump brings is on screen from now.
      const still = (at - seen.moved) / 1000 - (isJump ? 0 : Math.min(moved / (video.playbackRate || 1), passed));
      if (still >= LEAST_STALL) stalls.push({ at: seen.moved, seconds: still, starved: seen.starved || isJump });
      if (isJump) seen.skipped += moved;
      else seen.played += moved;
    }
    seen.moved = at;
    seen.starved = false;
  }, EVERY);

  const ahead = () => {
    if (video === undefined) return 0;
    const { buffered, currentTime } = video;
    for (let index = 0; index < buffered.length; index++) {
      if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) > currentTime) return buffered.end(index) - currentTime;
    }
    return 0;
  };

  // With media to show, and nobody who paused it, it is the machine that has no time for the picture.
  const isStarved = () => video.paused || video.seeking || video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA || ahead() < LOW;

  // biome-ignore lint: the plain page's player is a global of its script.
  const plainLatency = () => (typeof hls === "object" ? (hls.latency ?? null) : null);

  Object.defineProperty(globalThis, "spillwayPicture", {
    get() {
      const still = seen.first === null ? 0 : (now() - seen.moved) / 1000;
      const open = still >= 1 ? [{ at: seen.moved, seconds: still, starved: true }] : [];
      const player = globalThis.spillway;
      return {
        now: now(),
        first: seen.first,
        played: seen.played,
        skipped: seen.skipped,
        stalls: [...stalls, ...open],
        isStill: open.length > 0,
        buffer: ahead(),
        latency: player === undefined ? plainLatency() : player.latency,
        peers: player?.peers ?? 0,
        fromPeers: player?.bytesFromPeers ?? 0,
        fromEdge: player?.bytesFromEdge ?? 0,
        own: player === undefined ? null : { stalls: player.stalls, seconds: player.stalledSeconds },
        errors: player === undefined ? [] : player.errors.slice(-5).map((error) => `${error.at} ${error.text}`),
      };
    },
  });
})();
