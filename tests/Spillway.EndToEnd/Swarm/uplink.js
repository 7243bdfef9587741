// Gives a page a slow line out, shared by all its data channels: globalThis.spillwayUplink bytes a second.
// What is sent waits here, channel by channel in turn, and counts as buffered until it has gone.
(() => {
  const TICK = 10;
  const PACKET = 1_200;
  const waiting = new Map();
  /** Channels whose senders wait for room. */
  const full = new Set();
  const prototype = RTCDataChannel.prototype;
  const send = prototype.send;
  const buffered = Object.getOwnPropertyDescriptor(prototype, "bufferedAmount").get;
  let allowed = 0;
  let last = performance.now();

  prototype.send = function (message) {
    const size = message.byteLength ?? message.length;
    const queue = waiting.get(this) ?? [];
    if (queue.length === 0 && size < PACKET) return send.call(this, message);
    // The sender may use its buffer again.
    const copy = ArrayBuffer.isView(message) ? message.slice() : message.slice(0);
    queue.push({ message: copy, left: size });
    waiting.set(this, queue);
    if (this.bufferedAmount > this.bufferedAmountLowThreshold) full.add(this);
  };

  Object.defineProperty(prototype, "bufferedAmount", {
    configurable: true,
    get() {
      const here = (waiting.get(this) ?? []).reduce((sum, { left }) => sum + left, 0);
      return buffered.call(this) + here;
    },
  });

  setInterval(() => {
    const now = performance.now();
    allowed = Math.min(allowed + ((now - last) / 1_000) * globalThis.spillwayUplink, globalThis.spillwayUplink / 10);
    last = now;
    while (allowed >= PACKET && waiting.size > 0) {
      for (const [channel, queue] of [...waiting]) {
        if (channel.readyState !== "open") {
          waiting.delete(channel);
          continue;
        }
        const head = queue[0];
        head.left -= PACKET;
        allowed -= PACKET;
        if (head.left <= 0) {
          send.call(channel, head.message);
          queue.shift();
          if (queue.length === 0) waiting.delete(channel);
        }
        if (allowed < PACKET) break;
      }
    }
    for (const channel of [...full]) {
      if (channel.bufferedAmount > channel.bufferedAmountLowThreshold) continue;
      full.delete(channel);
      channel.dispatchEvent(new Event("bufferedamountlow"));
    }
  }, TICK);
})();
