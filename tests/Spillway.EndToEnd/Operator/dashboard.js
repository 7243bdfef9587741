// Put into the dashboard before its own scripts: what it says, and when, by the clock of this machine.
window.dashboardTest = { said: [], violations: [] };
addEventListener("securitypolicyviolation", (event) =>
  dashboardTest.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
);
new MutationObserver(() => {
  const text = (selector) => (document.querySelector(selector)?.textContent ?? "").replace(/\s+/g, " ").trim();
  const now = { verdict: text(".verdict"), state: text(".air"), link: text(".link") };
  const last = dashboardTest.said.at(-1);
  if (last?.verdict === now.verdict && last.state === now.state && last.link === now.link) return;
  dashboardTest.said.push({ at: Date.now(), ...now });
}).observe(document, { subtree: true, childList: true, characterData: true });
