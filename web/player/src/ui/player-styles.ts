import { css } from "lit";

export const playerStyles = css`
  :host {
    --usual-surface: #f4f5f7;
    --card: #ffffff;
    --ink: #14181f;
    --faint: #545d6b;
    --line: #d9dde3;
    --usual-accent: #0b62d6;
    --on-usual-accent: #ffffff;
    --live: #c4122f;
    --peer: #0d7d54;
    --edge: #9aa4b2;
    display: block;
    position: relative;
    aspect-ratio: 16 / 9;
    container-type: size;
    overflow: hidden;
    color: var(--ink);
    font: 400 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --usual-surface: #101317;
      --card: #1a1f26;
      --ink: #eef1f5;
      --faint: #a3adba;
      --line: #2c333d;
      --usual-accent: #6aa9ff;
      --on-usual-accent: #0a1220;
      --live: #ff5468;
      --peer: #41c98f;
      --edge: #6d7887;
    }
  }
  button,
  select {
    font: inherit;
    color: inherit;
  }
  :is(button, select):focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }

  .round {
    flex: none;
    width: 2.25rem;
    height: 2.25rem;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 50%;
    background: var(--card);
    font-weight: 700;
    cursor: pointer;
  }
  .round[aria-expanded="true"] {
    border-color: var(--accent);
  }

  #stage {
    --accent: var(--spillway-accent, var(--brand-accent, var(--usual-accent)));
    --on-accent: var(--spillway-on-accent, var(--on-brand-accent, var(--on-usual-accent)));
    --surface: var(--spillway-background, var(--brand-background, var(--usual-surface)));
    position: absolute;
    inset: 0;
    overflow: hidden;
    background: #000;
  }
  #stage.idle {
    background: var(--surface);
  }
  media-controller {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    --media-background-color: #000;
    --media-primary-color: #fff;
    --media-focus-box-shadow: inset 0 0 0 3px #fff;
    --media-secondary-color: rgb(10 14 20 / 0.72);
    --media-control-background: transparent;
    --media-control-hover-background: rgb(70 80 95 / 0.8);
    --media-font-family: inherit;
  }
  media-controller:not(:defined) > :not(video) {
    display: none;
  }
  media-controller:not(:defined) > video {
    width: 100%;
    height: 100%;
  }
  #stage.idle media-controller {
    visibility: hidden;
  }
  media-control-bar {
    align-items: center;
    width: 100%;
    background: rgb(10 14 20 / 0.72);
  }
  .space {
    flex: 1;
  }
  .bar-button {
    height: 2.75rem;
    padding: 0 0.75rem;
    border: 0;
    background: none;
    color: #fff;
    font-size: 0.85rem;
    font-weight: 600;
    white-space: nowrap;
    cursor: pointer;
  }
  .bar-button::before {
    content: "";
    display: inline-block;
    width: 0.6rem;
    height: 0.6rem;
    margin-right: 0.4rem;
    border-radius: 50%;
    background: #8f9aa8;
  }
  .bar-button.at-edge::before {
    background: #ff3b52;
  }
  .bar-button.plain::before {
    content: none;
  }
  media-control-bar.seek {
    --media-control-background: transparent;
  }
  media-control-bar.seek {
    padding: 0 0.75rem;
    box-sizing: border-box;
  }
  /* What this browser has not got. */
  media-pip-button[mediapipunavailable],
  media-fullscreen-button[mediafullscreenunavailable],
  media-volume-range[mediavolumeunavailable] {
    display: none;
  }
  media-time-range {
    width: 100%;
    height: 2rem;
  }
  media-time-display {
    font-size: 0.85rem;
    font-variant-numeric: tabular-nums;
  }
  .quality {
    height: 2.75rem;
    max-width: 9.5rem;
    border: 0;
    background: transparent;
    color: #fff;
    font-size: 0.85rem;
  }
  .quality option {
    color: #14181f;
    background: #fff;
  }

  .notice {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    gap: 0.35rem;
    box-sizing: border-box;
    padding: 1.5rem;
    text-align: center;
    pointer-events: none;
  }
  /* Kept in the page while empty: a live region that appears with its text is not read out. */
  .notice.quiet {
    visibility: hidden;
  }
  #stage.says media-loading-indicator {
    --media-loading-indicator-display: none;
  }
  .notice.over {
    color: #fff;
    text-shadow: 0 1px 4px #000;
    background: rgb(0 0 0 / 0.45);
  }
  .notice h2 {
    margin: 0;
    font-size: clamp(1.25rem, 3.5vw, 1.9rem);
    font-weight: 600;
  }
  .notice p {
    max-width: 32rem;
    margin: 0;
    color: var(--faint);
  }
  .notice.over p {
    color: #dfe5ec;
  }
  .notice .dots {
    height: 0.6rem;
    margin-top: 0.9rem;
  }
  .notice .dots::after {
    content: "";
    display: inline-block;
    width: 0.6rem;
    height: 0.6rem;
    border-radius: 50%;
    background: var(--accent);
    animation: breathe 1.6s ease-in-out infinite;
  }
  .notice .dots.still::after {
    visibility: hidden;
  }
  @keyframes breathe {
    50% {
      opacity: 0.2;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .notice .dots::after {
      animation: none;
    }
  }

  .tap {
    position: absolute;
    z-index: 2;
    top: 1rem;
    left: 50%;
    transform: translateX(-50%);
    padding: 0.65rem 1.3rem;
    border: 0;
    border-radius: 2rem;
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
    white-space: nowrap;
    box-shadow: 0 2px 12px rgb(0 0 0 / 0.4);
    cursor: pointer;
  }
  .tap.play {
    top: auto;
    bottom: 5rem;
  }

  /* Nothing on screen: what is said above, what can be watched below it. */
  #stage.with-list .notice {
    inset: 0 0 auto 0;
    height: 38%;
  }
  spillway-replay-list.shelf {
    position: absolute;
    top: 38%;
    left: 50%;
    width: min(34rem, calc(100% - 2rem));
    max-height: calc(62% - 1rem);
    overflow: auto;
    transform: translateX(-50%);
  }
  spillway-replay-list.aside-panel {
    position: absolute;
    z-index: 3;
    top: 1rem;
    right: 1rem;
    width: 22rem;
    max-height: calc(100% - 7rem);
    overflow: auto;
    box-shadow: 0 4px 20px rgb(0 0 0 / 0.18);
  }

  spillway-panel {
    position: absolute;
    z-index: 3;
    top: 1rem;
    right: 1rem;
    width: 23rem;
    max-width: calc(100% - 2rem);
    max-height: calc(100% - 6rem);
    overflow: auto;
  }

  .tap.middle,
  .tap.again {
    top: auto;
    bottom: 18%;
  }
  #stage.idle.with-list .tap.again {
    top: 28%;
    bottom: auto;
  }
  .corner {
    position: absolute;
    z-index: 2;
    right: 1rem;
    bottom: 1rem;
    color: var(--ink);
  }
  .info span {
    display: inline-grid;
    place-content: center;
    width: 1.35rem;
    height: 1.35rem;
    border: 2px solid currentcolor;
    border-radius: 50%;
    font-size: 0.95rem;
    font-weight: 700;
    line-height: 1;
  }
  .bar-button[aria-expanded="true"] {
    background: rgb(70 80 95 / 0.8);
  }

  @container (max-width: 30rem) {
    .notice p {
      font-size: 0.9rem;
    }
    .notice .dots {
      margin-top: 0.3rem;
    }
    .bar-button {
      padding: 0 0.4rem;
    }
    .quality {
      max-width: 5.5rem;
    }
    media-volume-range {
      display: none;
    }
  }
  /* A phone on its side. */
  @container (max-height: 27rem) {
    spillway-panel {
      width: 20rem;
    }
    #stage.with-list .notice {
      height: 30%;
      padding: 0.5rem;
    }
    #stage.idle.with-list .tap.again {
      top: 30%;
    }
    spillway-replay-list.shelf {
      top: 46%;
      max-height: calc(54% - 1rem);
    }
  }
  /* Seen from a sofa. */
  @container (min-width: 100rem) {
    .notice h2 {
      font-size: 2.6rem;
    }
    .notice p {
      max-width: 46rem;
      font-size: 1.4rem;
    }
    .tap,
    .bar-button,
    .quality {
      font-size: 1.2rem;
    }
    media-control-bar {
      --media-control-height: 2.25rem;
      --time-size: 1.2rem;
    }
    spillway-replay-list {
      --list-size: 1.3rem;
    }
    spillway-replay-list.shelf {
      width: 50rem;
    }
    spillway-replay-list.aside-panel {
      width: 32rem;
    }
    spillway-panel {
      --panel-size: 1.2rem;
      width: 32rem;
    }
  }
  /* Much higher than wide, as on a phone held upright: the picture on top, the panels below it. */
  @container (max-width: 40rem) and (max-aspect-ratio: 1 / 1) {
    #stage:not(:fullscreen) {
      display: grid;
      grid-template-rows: 56.25cqw minmax(0, 1fr);
      background: var(--surface);
    }
    #stage:not(:fullscreen) :is(media-controller, .notice) {
      inset: 0 0 auto 0;
      height: 56.25cqw;
    }
    #stage:not(:fullscreen).idle .notice {
      height: auto;
      inset: 0;
    }
    #stage:not(:fullscreen):not(.idle) .tap.play {
      top: calc(56.25cqw - 6.5rem);
      bottom: auto;
    }
    #stage:not(:fullscreen).idle.with-list .notice {
      inset: 0 0 auto 0;
      height: 38%;
    }
    #stage:not(:fullscreen):not(.idle) :is(spillway-panel, spillway-replay-list.aside-panel) {
      position: static;
      grid-row: 2;
      align-self: start;
      width: auto;
      max-height: calc(100% - 2rem);
      margin: 1rem;
      overflow: auto;
    }
  }
`;
