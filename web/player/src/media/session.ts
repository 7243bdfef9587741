import type { PlayerJson } from "../stream/player-json";
import type { Dates } from "./dates";

/** One thing to choose from in the quality menu; `id` -1 leaves the choice to the player. */
export type Rendition = { id: number; label: string; name: string };

/** What a session tells its owner. */
export type SessionEvents = {
  /** The playlist is there: playback can start. */
  ready(): void;
  /** Nothing more will come of this broadcast (ENDLIST); what is buffered plays on. */
  listEnded(): void;
  /** Playback cannot go on by itself; `network`: a file could not be had. */
  broken(trouble: "network" | "media" | "other", detail: string): void;
  renditionsChanged(): void;
  /** A playlist has been read, newer or not. */
  listed(): void;
};

/** Playback of one broadcast in one video element: by hls.js with peers, or by the browser's own HLS player. */
export interface Session {
  /** Seconds behind the live edge; null where it cannot be known. */
  readonly latency: number | null;
  /** False for a moment after no playlist could be had: what is read then may be from before, and the latency too small. */
  readonly knowsLiveEdge: boolean;
  /** Name of the rendition on screen, "" while unknown. */
  readonly rendition: string;
  readonly renditions: readonly Rendition[];
  chosenRendition: number;
  /** Goes back to the viewer's choice where trouble has undone it. To be called about once a second. */
  keepChoice(now: number): void;
  readonly listHasEnded: boolean;
  /** The slate is on screen; null where it cannot be known. */
  readonly onSlate: boolean | null;
  /** Nothing but GAPs is listed from here on: there is nothing to play, and nothing is wrong with the player. */
  readonly isDry: boolean;
  /** The date of what is on screen; null where it cannot be known. */
  readonly playingDate: Date | null;
  /** What is listed; null where it cannot be known. */
  readonly dates: Dates | null;
  /** Where a date is, in seconds; undefined when it is not listed. */
  positionAt(date: Date): number | undefined;
  /** The viewer has gone back and is not to be taken to the live edge again. */
  staysBehind: boolean;
  start(): void;
  /** Asks again for what could not be had. */
  reload(): void;
  recoverMedia(): void;
  goLive(): void;
  /** The same once it knows where the live edge is now, unless the viewer is near it or wants to be elsewhere. */
  goLiveSoon(): void;
  setSharing(enabled: boolean): void;
  /** Takes up what player.json says now, of the same stream. */
  follow(player: PlayerJson): void;
  destroy(): void;
}
