export const licenses: import("vite").Plugin;
