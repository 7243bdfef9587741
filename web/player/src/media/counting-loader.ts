import type {
  FragmentLoaderContext,
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
} from "hls.js";
import type { Figures } from "../figures";
import type { EarlyAnswer, EarlyRequests } from "../stream/early";
import { checkSegment } from "./segment-check";

type LoaderClass = new (config: HlsConfig) => Loader<LoaderContext>;

/**
 * The plain HTTP loader of hls.js, with a count of what it fetches: playlists, initialization sections, and the
 * segments that do not go through the P2P engine. What has been asked for already is not asked for again.
 */
export function countingLoader(base: LoaderClass, figures: Figures, early: EarlyRequests): LoaderClass {
  return class CountingLoader extends base {
    private over = false;

    override load(
      context: LoaderContext,
      config: LoaderConfiguration,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      const counted: LoaderCallbacks<LoaderContext> = {
        ...callbacks,
        onSuccess: (response, stats, ctx, networkDetails) => {
          count(figures, ctx, response.data, stats.loaded);
          callbacks.onSuccess(response, stats, ctx, networkDetails);
        },
      };
      const asked = context.rangeEnd ? undefined : early.take(context.url);
      if (asked === undefined) {
        super.load(context, config, counted);
        return;
      }
      this.context = context;
      asked.then(
        (answer) => {
          if (!this.over) this.hand(answer, context, counted);
        },
        () => {
          if (!this.over) super.load(context, config, counted);
        },
      );
    }

    override abort(): void {
      this.over = true;
      super.abort();
    }

    override destroy(): void {
      this.over = true;
      super.destroy();
    }

    /** All viewers are to reckon the same live edge, whatever the age of the copy that each was given. */
    override getCacheAge = (): null => null;

    private hand(
      { response, body, begun, first, end }: EarlyAnswer,
      context: LoaderContext,
      callbacks: LoaderCallbacks<LoaderContext>,
    ): void {
      const { stats } = this;
      stats.loaded = stats.total = body.byteLength;
      Object.assign(stats.loading, { start: begun, first, end });
      const data = context.responseType === "arraybuffer" ? body : new TextDecoder().decode(body);
      callbacks.onProgress?.(stats, context, data, response);
      callbacks.onSuccess({ url: response.url, data, code: response.status }, stats, context, response);
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
