import type Hls from "hls.js";
import type { HlsConfig, PlaylistLoaderConstructor } from "hls.js";
import type { Figures } from "../figures";
import { loadAgain } from "../stream/load-again";
import type { PlayerJson } from "../stream/player-json";
import type { PeerSharing } from "./peer-sharing";
import { sharedView } from "./shared-fragments";

type Engine = { PeerSharing: typeof PeerSharing };

/** Milliseconds after the first segment at which the engine is loaded even if no picture has come of it. */
const WITHOUT_PICTURE = 2_000;
/** Milliseconds after the first segment for which hls.js waits for the engine with all but the next one. */
const HELD = 2_500;

/** Once loaded it is there for the next broadcast from the start. */
let engine: Engine | undefined;

/**
 * Segments from other viewers, from the moment the first picture is there: the engine is a third of the player's code, and nobody should wait
 * for it. hls.js reads its loaders from its configuration at each segment, so the engine's are put there while it plays; what the engine has missed of
 * hls.js's events it is told by the view it is bound to. Until then, and if it can never be loaded, everything comes from the edge.
 */
export class LateSharing {
  private peers: PeerSharing | undefined;
  private readonly view: Hls;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private over = false;
  private held: ReturnType<typeof setTimeout> | undefined;
  private release: () => void = () => {};
  private readonly listening = new AbortController();

  constructor(
    private readonly hls: Hls,
    private player: PlayerJson,
    private readonly figures: Figures,
    private sharing: boolean,
    private readonly load: () => Promise<Engine> = () => import("./peer-sharing"),
  ) {
    this.view = sharedView(hls);
    if (engine !== undefined) this.attach(engine);
    else {
      this.hold();
      hls.once("hlsFragBuffered" as never, (() => this.awaitPicture()) as never);
    }
  }

  set enabled(sharing: boolean) {
    this.sharing = sharing;
    if (this.peers !== undefined) this.peers.enabled = sharing;
  }

  /** Takes up what player.json says now. */
  follow(player: PlayerJson): void {
    // All else is the broadcast's own: it may already speak of the next one.
    this.player = { ...this.player, trackers: player.trackers };
    this.peers?.follow(player);
  }

  moveTo(liveDelay: number): void {
    this.player = { ...this.player, liveDelay };
    this.peers?.moveTo(liveDelay);
  }

  destroy(): void {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.held);
    this.listening.abort();
    this.peers?.destroy();
  }

  /**
   * What hls.js loads by itself nobody can have from this viewer, and the engine meets the others only when it is asked for a segment: so hls.js
   * begins with two segments, and asks the engine for the rest as soon as that is there.
   */
  private hold(): void {
    const { config } = this.hls;
    const { maxMaxBufferLength } = config;
    const held = 1.5 * this.player.segmentDuration;
    if (!(held < maxMaxBufferLength)) return;
    config.maxMaxBufferLength = held;
    this.release = () => {
      clearTimeout(this.held);
      // Unless another live delay has set it meanwhile.
      if (config.maxMaxBufferLength === held) config.maxMaxBufferLength = maxMaxBufferLength;
    };
  }

  private awaitPicture(): void {
    this.held = setTimeout(() => this.release(), HELD);
    const { media } = this.hls;
    if (media === null || media.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      void this.join();
      return;
    }
    const begin = () => {
      clearTimeout(this.timer);
      this.listening.abort();
      void this.join();
    };
    media.addEventListener("loadeddata", begin, { once: true, signal: this.listening.signal });
    this.timer = setTimeout(begin, WITHOUT_PICTURE);
  }

  private async join(): Promise<void> {
    const loaded = await loadAgain(this.load, (error) => {
      if (!this.over)
        this.figures.error(
          `Sharing is not there yet: ${error instanceof Error ? error.message : String(error)}`,
        );
    });
    engine = loaded;
    if (!this.over) this.attach(loaded);
  }

  private attach({ PeerSharing }: Engine): void {
    const { hls, player } = this;
    const peers = new PeerSharing(player, this.figures, this.sharing);
    this.peers = peers;
    peers.bind(this.view);
    const { fLoader, pLoader } = peers.loaders;
    hls.config.fLoader = fLoader as NonNullable<HlsConfig["fLoader"]>;
    // The engine begins to listen when its playlist loader is made; playlists themselves are none of its business.
    new (pLoader as PlaylistLoaderConstructor)(hls.config);
    peers.follow(player);
    this.release();
  }
}
