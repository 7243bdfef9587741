import { type Method, segment } from "../api/client";
import type { StreamPicture } from "../api/types";
import { titleOf } from "./verdict";

export type Question = { title: string; text: string; action: string; danger?: boolean };

export type Switch = {
  name: string;
  now: string;
  action: string;
  refusal: string | null;
  question: Question;
  method: Method;
  path: string;
  body?: unknown;
  done: string;
  danger?: boolean;
};

/** What can be switched now, what each would do, and why it cannot be where it cannot. */
export function switchesOf(stream: StreamPicture): Switch[] {
  const { switches } = stream;
  const root = `/streams/${segment(stream.name)}`;
  const title = titleOf(stream);
  const slate: Switch = switches.slate
    ? {
        name: "Slate",
        now: "on, by hand",
        action: "Back to the show",
        refusal: null,
        question: {
          title: "Back to the show?",
          text: `Viewers of ${title} see at once again what the source sends.`,
          action: "Back to the show",
        },
        method: "DELETE",
        path: `${root}/slate`,
        done: "The slate comes off with the show's next segment.",
      }
    : {
        name: "Slate",
        now: stream.state === "slate" ? "on by itself: the source is away" : "off",
        action: "Show the slate",
        refusal: switches.slateRefusal,
        question: {
          title: "Show the slate?",
          text: `Viewers of ${title} see the slate instead of the show until you take it off. What the source brings meanwhile is lost.`,
          action: "Show the slate",
          danger: true,
        },
        method: "POST",
        path: `${root}/slate`,
        done: "The slate is on.",
      };
  const peers: Switch = {
    name: "Sharing between viewers",
    now: !switches.peers
      ? "off"
      : switches.peersNow
        ? "on"
        : `on, but not now: ${switches.peersWhy ?? "not known why"}`,
    action: switches.peers ? "Switch sharing off" : "Switch sharing on",
    refusal: null,
    question: switches.peers
      ? {
          title: "Switch sharing off?",
          text: `From now on all viewers of ${title} fetch everything from the edge. The show goes on without a break.`,
          action: "Switch it off",
          danger: true,
        }
      : {
          title: "Switch sharing on?",
          text: `Viewers of ${title} give segments to each other and see each other's network addresses.`,
          action: "Switch it on",
        },
    method: "PUT",
    path: `${root}/p2p`,
    body: { on: !switches.peers },
    done: switches.peers
      ? "Sharing is off; players follow within seconds."
      : "Sharing is on; players follow within seconds.",
  };
  const end: Switch = switches.held
    ? {
        name: "Broadcast",
        now: "ended by hand; what the source still sends is left out",
        action: "Let the source in",
        refusal: null,
        question: {
          title: "Let the source in?",
          text: `If it sends, ${title} goes on air again, as a new broadcast.`,
          action: "Let it in",
        },
        method: "DELETE",
        path: `${root}/end`,
        done: "The source may go on air again.",
      }
    : {
        name: "Broadcast",
        now: stream.onAirSince === null ? "none" : "on air",
        action: "End the broadcast",
        refusal: switches.endRefusal,
        question: {
          title: "End the broadcast?",
          text:
            `The show is over for all viewers of ${title}. It cannot be taken back: what follows is a new broadcast, and nothing goes ` +
            "on air until the source has been away or you let it in.",
          action: "End it",
          danger: true,
        },
        method: "POST",
        path: `${root}/end`,
        done: "The broadcast is over.",
        danger: true,
      };
  const key: Switch = {
    name: "Stream key",
    now: stream.publish === null ? "" : `kept in ${stream.publish.keyIsIn}`,
    action: "Make a new key",
    refusal: switches.keyRefusal,
    question: {
      title: "Make a new stream key?",
      text: "The old one opens nothing from then on, and an encoder that uses it is cut off. The new one is shown once.",
      action: "Make a new key",
      danger: true,
    },
    method: "POST",
    path: `${root}/key`,
    done: "There is a new key.",
  };
  return stream.publish === null && switches.keyRefusal !== null
    ? [slate, peers, end]
    : [slate, peers, end, key];
}
