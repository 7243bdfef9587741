/**
 * Lets a video play. Where the browser allows no sound before a tap, it plays without: better than not at all.
 * @returns `blocked`: it wants a tap in any case. `failed`: something else is in the way, which shows by itself.
 */
export async function startPlaying(video: HTMLVideoElement): Promise<"playing" | "blocked" | "failed"> {
  const first = await attempt(video);
  if (first !== "blocked" || video.muted) return first;
  video.muted = true;
  video.dispatchEvent(new Event("mutedbypolicy"));
  return attempt(video);
}

async function attempt(video: HTMLVideoElement): Promise<"playing" | "blocked" | "failed"> {
  try {
    await video.play();
    return "playing";
  } catch (error) {
    return error instanceof DOMException && error.name === "NotAllowedError" ? "blocked" : "failed";
  }
}
