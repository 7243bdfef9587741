/** Seconds of media that are there beyond what is on screen. */
export function secondsAhead({
  buffered,
  currentTime,
}: Pick<HTMLVideoElement, "buffered" | "currentTime">): number {
  for (let i = 0; i < buffered.length; i++)
    if (buffered.start(i) <= currentTime && currentTime < buffered.end(i))
      return buffered.end(i) - currentTime;
  return 0;
}
