import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { sourceDigest } from "./digest.mjs";

// Two pages, `vite build --mode report` and `--mode live`, and what each is made from.
const pages = { report: "index.html", live: "live.html" };

// One file with everything in it, named by what it was made from: a test holds the two together.
const nameSources: Plugin = {
  name: "name-sources",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { name: "sources", content: sourceDigest() }, injectTo: "head" },
  ],
};

// Whatever it was made from, a page is index.html in a folder of its own.
const nameAlike = (source: string): Plugin => ({
  name: "name-alike",
  enforce: "post",
  generateBundle(_, bundle) {
    bundle[source].fileName = "index.html";
  },
});

export default defineConfig(({ mode }) => {
  const page = mode === "live" ? "live" : "report";
  return {
    plugins: [svelte(), nameSources, viteSingleFile({ removeViteModuleLoader: true }), nameAlike(pages[page])],
    build: {
      outDir: `../mipo_sim/${page}/static`,
      emptyOutDir: true,
      target: "es2021",
      reportCompressedSize: false,
      rolldownOptions: { input: pages[page] },
    },
  };
});
