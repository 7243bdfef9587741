import { css } from "lit";

export const pageStyles = css`
  :host {
    --surface: #f4f5f7;
    --card: #ffffff;
    --ink: #14181f;
    --faint: #545d6b;
    --line: #d9dde3;
    --accent: #0b62d6;
    --on-accent: #ffffff;
    --live: #c4122f;
    --peer: #0d7d54;
    --edge: #9aa4b2;
    display: grid;
    position: relative;
    grid-template-rows: 3.25rem minmax(0, 1fr);
    color: var(--ink);
    background: var(--surface);
    font: 400 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --surface: #101317;
      --card: #1a1f26;
      --ink: #eef1f5;
      --faint: #a3adba;
      --line: #2c333d;
      --accent: #6aa9ff;
      --on-accent: #0a1220;
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

  header {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-width: 0;
    padding: 0 max(1rem, env(safe-area-inset-right)) 0 max(1rem, env(safe-area-inset-left));
    border-bottom: 1px solid var(--line);
  }
  h1 {
    flex: 1;
    min-width: 0;
    margin: 0;
    overflow: hidden;
    font-size: 1.05rem;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .aside {
    flex: none;
    margin: 0;
    color: var(--faint);
    font-size: 0.9rem;
  }
  .badge {
    flex: none;
    padding: 0.1rem 0.6rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    color: var(--faint);
    font-size: 0.8rem;
    font-weight: 600;
  }
  .badge.live {
    border-color: var(--live);
    color: var(--live);
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
    color: var(--accent);
  }

  .pill {
    flex: none;
    height: 2.25rem;
    padding: 0 0.9rem;
    border: 1px solid var(--line);
    border-radius: 1.2rem;
    background: var(--card);
    font-size: 0.9rem;
    font-weight: 600;
    cursor: pointer;
  }
  .pill[aria-expanded="true"] {
    border-color: var(--accent);
    color: var(--accent);
  }

  main {
    position: relative;
    min-height: 0;
    overflow: hidden;
    background: #000;
  }
  main.idle {
    background: var(--surface);
  }
  media-controller {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    --media-background-color: #000;
    --media-primary-color: #fff;
    --media-secondary-color: rgb(10 14 20 / 0.72);
    --media-control-background: transparent;
    --media-control-hover-background: rgb(70 80 95 / 0.8);
    --media-font-family: inherit;
  }
  main.idle media-controller {
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
    padding: 0 0.5rem;
    box-sizing: border-box;
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
    padding: 1.5rem;
    text-align: center;
    pointer-events: none;
  }
  /* Kept in the page while empty: a live region that appears with its text is not read out. */
  .notice.quiet {
    visibility: hidden;
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
  main.with-list .notice {
    inset: 0 0 auto 0;
    height: 38%;
    box-sizing: border-box;
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
    width: 20rem;
    max-height: calc(100% - 6rem);
    overflow: auto;
  }

  /* A phone held upright: the picture on top, the figures below it. */
  @media (max-width: 640px) and (orientation: portrait) {
    main {
      display: grid;
      grid-template-rows: 56.25vw minmax(0, 1fr);
      background: var(--surface);
    }
    main:fullscreen {
      display: block;
      background: #000;
    }
    main:not(:fullscreen) :is(media-controller, .notice) {
      inset: 0 0 auto 0;
      height: 56.25vw;
    }
    main:not(:fullscreen).idle .notice {
      height: auto;
      inset: 0;
    }
    main:not(:fullscreen) .tap.play {
      top: calc(56.25vw - 6.5rem);
      bottom: auto;
    }
    main:not(:fullscreen).idle.with-list .notice {
      inset: 0 0 auto 0;
      height: 38%;
    }
    main:not(:fullscreen) :is(spillway-panel, spillway-replay-list.aside-panel) {
      position: static;
      grid-row: 2;
      align-self: start;
      width: auto;
      max-height: none;
      margin: 1rem;
    }
    .aside {
      position: absolute;
      z-index: 1;
      top: calc(3.25rem + 56.25vw);
      left: 0;
      right: 0;
      padding: 0.8rem 1rem;
      text-align: center;
    }
    .aside:empty {
      display: none;
    }
    main:not(:fullscreen).with-aside :is(spillway-panel, spillway-replay-list.aside-panel) {
      margin-top: 3.25rem;
    }
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
`;
