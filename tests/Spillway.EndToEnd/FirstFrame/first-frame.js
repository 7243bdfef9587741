// Added to both pages before their own scripts: when the first picture is on screen, whatever the player.
(() => {
  const seen = { frame: null };
  Object.defineProperty(globalThis, "firstFrame", { value: seen });
  const watched = new WeakSet();
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (!watched.has(this)) {
      watched.add(this);
      this.requestVideoFrameCallback(() => {
        seen.frame ??= performance.now();
      });
    }
    return play.call(this);
  };
})();
