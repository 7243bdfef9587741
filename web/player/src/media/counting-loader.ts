import type {
  FragmentLoaderContext,
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
} from "hls.js";
import type { Figures } from "../figures";
import { checkSegment } from "./segment-check";

type LoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

/**
 * The plain HTTP loader of hls.js, with a count of what it fetches: playlists, initialization sections, and the
 * segments that do not go through the P2P engine.
 */
export function countingLoader(base: LoaderClass, figures: Figures): LoaderClass {
  return class CountingLoader extends base {
    override load(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      super.load(context, config, {
        ...callbacks,
        onSuccess: (response, stats, ctx, networkDetails) => {
          count(figures, ctx, response.data, stats.loaded);
          callbacks.onSuccess(response, stats, ctx, networkDetails);
        },
      });
    }
  };
}

function count(figures: Figures, context: LoaderContext, data: unknown, loaded: number): void {
  const fragment = (context as Partial<FragmentLoaderContext>).frag;
  if (fragment === undefined) {
    figures.bytesPlaylists += loaded;
    return;
  }
  if (fragment.sn === "initSegment") {
    figures.bytesInitialization += loaded;
    return;
  }
  figures.mediaBytes("edge", loaded);
  const entry = figures.segmentLoaded(context.url, "edge", loaded);
  if (data instanceof ArrayBuffer) {
    // A copy: hls.js hands the buffer on to its demuxer.
    void checkSegment(context.url, data.slice(0)).then((verdict) => {
      if (verdict !== "unchecked") entry.sha256ok = verdict === "right";
    });
  }
}
