// Begins on its own: fills the element of this page, and lets links to a kernel open it where they stand.
// Python itself is loaded at the first Run or Step, never before.

import { make } from "./dom.mjs";
import { mount } from "./element.mjs";

const kernels = async () => {
  const got = await fetch(new URL("kernels.json", import.meta.url));
  if (!got.ok) throw new Error(`kernels.json answered ${got.status}`);
  return got.json();
};

const failed = (host) => (error) => host.append(make("p", { role: "alert" }, `The editor could not be opened: ${error.message}`));

for (const host of document.querySelectorAll("div.ptx-in-the-page")) {
  const wanted = new URLSearchParams(location.search).get("kernel");
  kernels().then((all) => mount(host, all, wanted)).catch(failed(host));
}

for (const link of document.querySelectorAll('.bd-article a[href*="ptx-in-the-page.html?kernel="]')) {
  const wanted = new URL(link.href).searchParams.get("kernel");
  const here = make("button", { type: "button", class: "pip-here" }, "Open it here");
  here.addEventListener("click", () => {
    const host = make("div", { class: "ptx-in-the-page" });
    here.closest("p, li").after(host);
    here.remove();
    kernels()
      .then((all) => {
        mount(host, all, wanted);
        host.querySelector("details").open = false; // the launch is the chapter's; here the text matters
        host.querySelector(".pip-editor textarea").focus();
      })
      .catch(failed(host));
  });
  link.after(here);
}
