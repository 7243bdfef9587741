const KEY = "spillway-sharing";

/** Whether this viewer wants to exchange segments with others; remembered by the browser. On unless switched off. */
export class ViewersChoice {
  private wanted: boolean;

  /** @param storage Undefined or throwing where a browser denies it: then the choice lasts as long as the page. */
  constructor(
    private readonly storage: () => Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined,
  ) {
    this.wanted = this.stored() !== "off";
  }

  get shares(): boolean {
    return this.wanted;
  }

  set shares(wanted: boolean) {
    this.wanted = wanted;
    try {
      if (wanted) this.storage()?.removeItem(KEY);
      else this.storage()?.setItem(KEY, "off");
    } catch {
      // Private windows and full storage: see above.
    }
  }

  private stored(): string | null {
    try {
      return this.storage()?.getItem(KEY) ?? null;
    } catch {
      return null;
    }
  }
}
