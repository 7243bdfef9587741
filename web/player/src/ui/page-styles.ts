import { css } from "lit";

export const pageStyles = css`
  :host {
    --surface: var(--brand-background, #f4f5f7);
    --ink: #14181f;
    --faint: #545d6b;
    --line: #d9dde3;
    --card: #ffffff;
    --accent: #0b62d6;
    --live: #c4122f;
    display: grid;
    position: relative;
    grid-template-rows: auto minmax(0, 1fr) auto;
    color: var(--ink);
    background: var(--surface);
    font: 400 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  }
  @media (prefers-color-scheme: dark) {
    :host {
      --surface: #101317;
      --ink: #eef1f5;
      --faint: #a3adba;
      --line: #2c333d;
      --card: #1a1f26;
      --accent: #6aa9ff;
      --live: #ff5468;
    }
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-width: 0;
    height: 3.25rem;
    padding: 0 max(1rem, env(safe-area-inset-right)) 0 max(1rem, env(safe-area-inset-left));
    border-bottom: 1px solid var(--line);
  }
  .logo {
    flex: none;
    max-width: 10rem;
    max-height: 2.25rem;
  }
  .name {
    flex: none;
    font-weight: 700;
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
  .pill {
    flex: none;
    height: 2.25rem;
    padding: 0 0.9rem;
    border: 1px solid var(--line);
    border-radius: 1.2rem;
    background: var(--card);
    color: inherit;
    font: inherit;
    font-size: 0.9rem;
    font-weight: 600;
    cursor: pointer;
  }
  .pill:focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  main {
    display: grid;
    grid-row: 2;
    min-height: 0;
  }
  main.alone {
    grid-row: 1 / -1;
  }
  main.lost {
    place-content: center;
    padding: 1.5rem;
    text-align: center;
  }
  spillway-player {
    width: 100%;
    height: 100%;
    min-height: 0;
    aspect-ratio: auto;
  }
  .about {
    max-height: 30vh;
    margin: 0;
    padding: 0.8rem max(1rem, env(safe-area-inset-right)) 0.8rem max(1rem, env(safe-area-inset-left));
    overflow: auto;
    border-top: 1px solid var(--line);
    font-size: 0.95rem;
    white-space: pre-line;
  }
  @media (max-width: 640px) {
    .name {
      display: none;
    }
  }
  /* Seen from a sofa. */
  @media (min-width: 1600px) {
    header {
      height: 4.5rem;
    }
    :is(.name, h1, .aside, .badge, .pill, .about) {
      font-size: 1.4rem;
    }
    .pill {
      height: 3rem;
      border-radius: 1.5rem;
    }
  }
  /* A phone on its side: the picture is what it is turned for. */
  @media (max-height: 480px) and (orientation: landscape) {
    header > :not(h1),
    .about {
      display: none;
    }
    /* The page keeps its heading, for those who have it read out. */
    header {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      padding: 0;
      border: 0;
      clip-path: inset(50%);
    }
    main {
      grid-row: 1 / -1;
    }
  }
  /* A phone held upright: the picture on top, words below it. */
  @media (max-width: 640px) and (orientation: portrait) {
    .aside {
      position: absolute;
      z-index: 1;
      top: calc(3.25rem + 56.25vw);
      right: 0;
      left: 0;
      padding: 0.8rem 1rem;
      text-align: center;
    }
    .aside:empty {
      display: none;
    }
  }
`;
