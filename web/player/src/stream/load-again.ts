const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 30_000;

/** Loads a part of the player's code, again and again until it is there: waits double and are spread. */
export async function loadAgain<T>(
  load: () => Promise<T>,
  onFailure: (error: unknown) => void = () => {},
  random: () => number = Math.random,
): Promise<T> {
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      return await load();
    } catch (error) {
      onFailure(error);
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + random())));
    }
  }
}
