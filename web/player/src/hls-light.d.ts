// hls.js ships types for its full build only; the light one (no subtitles, DRM, alternate audio) has the same API.
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
