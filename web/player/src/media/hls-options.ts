import type { HlsConfig } from "hls.js";
import { timeWindows } from "../p2p/time-windows";
import type { PlayerJson } from "../stream/player-json";

/**
 * Milliseconds after which a rendition that failed, or had a GAP, may be chosen again. By itself hls.js never goes back to it: of two
 * viewers one would stay on the lowest rendition after a pause of the source, in another swarm than the other.
 */
const PENALTY = 10_000;

/**
 * Milliseconds after which what failed is asked for again: hls.js would wait up to 8 s. Without a failure a playlist is asked for as often, and
 * while the store is away nobody knows the moment at which it is back.
 */
const AGAIN = { retryDelayMs: 1_000, maxRetryDelayMs: 1_000 };
const NOW = { retryDelayMs: 0, maxRetryDelayMs: 0 };

/**
 * Half-lives, in segments, of the line's measured speed: of the two means the lower one counts. hls.js's own 3 s and 9 s are made for
 * longer buffers; here three segments are all there is, and a line that became narrow must be believed before they are used up.
 */
const HALF_LIVES = { fast: 0.5, slow: 1.5 };

type DelayOptions = {
  liveSyncDuration: number;
  liveMaxLatencyDuration: number;
  maxBufferLength: number;
  maxMaxBufferLength: number;
};

/** How hls.js plays: all viewers equally far behind the live edge, at rate 1, so that they need the same segments at the same time. */
export function hlsOptions(player: PlayerJson): Partial<HlsConfig> {
  return {
    ...delayOptions(player),
    maxLiveSyncPlaybackRate: 1,
    lowLatencyMode: false,
    liveDurationInfinity: true,
    backBufferLength: 2 * player.targetDuration,
    errorPenaltyExpireMs: PENALTY,
    abrEwmaFastLive: HALF_LIVES.fast * player.segmentDuration,
    abrEwmaSlowLive: HALF_LIVES.slow * player.segmentDuration,
    playlistLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 10_000,
        maxLoadTimeMs: 20_000,
        timeoutRetry: { maxNumRetry: 2, ...NOW },
        errorRetry: { maxNumRetry: 2, ...AGAIN },
      },
    },
    fragLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 10_000,
        maxLoadTimeMs: 120_000,
        timeoutRetry: { maxNumRetry: 4, ...NOW },
        // For half a minute, as hls.js does.
        errorRetry: { maxNumRetry: 30, ...AGAIN },
      },
    },
  };
}

/** What follows from the live delay. hls.js reads these whenever it needs them: they may be set while it plays. */
export function delayOptions(player: PlayerJson): DelayOptions {
  const { segmentDuration, targetDuration, liveDelay } = player;
  // hls.js asks for no more than this ahead; what lies beyond is left to the P2P engine to collect from peers.
  const ahead = Math.max(2 * targetDuration, timeWindows(segmentDuration, liveDelay).highDemandTimeWindow);
  return {
    liveSyncDuration: liveDelay,
    liveMaxLatencyDuration: liveDelay + Math.max(8, 4 * targetDuration),
    maxBufferLength: ahead,
    maxMaxBufferLength: ahead,
  };
}
