/** What the browser says of its network, where it says anything: https://wicg.github.io/netinfo/ */
export type Network = {
  readonly saveData?: boolean;
  readonly type?: string;
};

/**
 * True unless every byte may cost the viewer money: "save data" is on, or the phone is in a mobile network. What comes
 * from others costs no more there than what comes from the edge; passing it on would. A tab that is merely hidden goes
 * on sharing: it is being listened to.
 */
export function mayUpload(network: Network | undefined): boolean {
  return network?.saveData !== true && network?.type !== "cellular";
}

/** Undefined in browsers that tell nothing (Safari, Firefox). */
export function networkOf(navigator: object): (Network & Partial<EventTarget>) | undefined {
  return (navigator as { connection?: Network & Partial<EventTarget> }).connection;
}
