/** Milliseconds until the viewer's choice is tried again, doubled each time up to the longest. */
const FIRST = 4_000;
const LONGEST = 120_000;
/** Milliseconds for which it must hold until its earlier failures are forgotten. */
const HOLDS = 60_000;

/**
 * The rendition that the viewer has chosen. hls.js takes back a choice by hand as soon as that rendition fails or has a gap, for good: after a
 * pause of the source everybody would be back at its own choice. Here it is tried again, ever more seldom where it goes on failing.
 */
export class KeptChoice {
  private chosen = -1;
  private wait = FIRST;
  private lostAt: number | undefined;
  private keptSince: number | undefined;

  /** Index of the level, -1 to leave it to hls.js. */
  get level(): number {
    return this.chosen;
  }

  set level(level: number) {
    this.chosen = level;
    this.wait = FIRST;
    this.lostAt = undefined;
    this.keptSince = undefined;
  }

  /**
   * Whether to set it again now. To be called about once a second.
   * @param automatic hls.js chooses at the moment.
   * @param dry Nothing can be played just now in any rendition: that is not the fault of the chosen one.
   */
  isDue(now: number, automatic: boolean, dry: boolean): boolean {
    if (this.chosen < 0) return false;
    if (dry) {
      this.wait = FIRST;
      this.lostAt = undefined;
      return false;
    }
    if (!automatic) {
      this.lostAt = undefined;
      this.keptSince ??= now;
      if (now - this.keptSince > HOLDS) this.wait = FIRST;
      return false;
    }
    this.keptSince = undefined;
    this.lostAt ??= now;
    if (now - this.lostAt < this.wait) return false;
    this.lostAt = undefined;
    this.wait = Math.min(2 * this.wait, LONGEST);
    return true;
  }
}
