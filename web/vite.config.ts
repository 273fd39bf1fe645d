import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";
import { sourceDigest } from "./digest.mjs";

// One file with everything in it, named by what it was made from: a test holds the two together.
const nameSources = {
  name: "name-sources",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { name: "sources", content: sourceDigest() }, injectTo: "head" as const },
  ],
};

export default defineConfig({
  plugins: [svelte(), nameSources, viteSingleFile({ removeViteModuleLoader: true })],
  build: { outDir: "../mipo_sim/report/static", emptyOutDir: true, target: "es2021", reportCompressedSize: false },
});
