// Added to every test viewer before the page's own scripts: watches the picture and what is given to the decoder from outside the player.
(() => {
  const LIE = [..."SPILLWAYLIES"].map((letter) => letter.charCodeAt(0));
  const watched = { id: Math.random(), samples: [], appended: { bytes: 0, lies: 0 } };
  Object.defineProperty(globalThis, "spillwayTest", { value: watched });

  setInterval(() => {
    const page = document.querySelector("spillway-page")?.shadowRoot ?? document;
    const video = page.querySelector("spillway-player")?.shadowRoot?.querySelector("video");
    if (!video) return;
    watched.samples.push({
      at: performance.now(),
      position: video.currentTime,
      rate: video.playbackRate,
      paused: video.paused,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
    });
  }, 200);

  const append = SourceBuffer.prototype.appendBuffer;
  SourceBuffer.prototype.appendBuffer = function (data) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    watched.appended.bytes += bytes.length;
    for (let at = bytes.indexOf(LIE[0]); at >= 0; at = bytes.indexOf(LIE[0], at + 1)) {
      if (LIE.every((byte, index) => bytes[at + index] === byte)) watched.appended.lies++;
    }
    return append.call(this, data);
  };
})();
