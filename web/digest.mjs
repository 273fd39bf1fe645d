// Digest of all that the pages are built from. tests/test_report.py computes the same.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const beside = [
  "digest.mjs",
  "index.html",
  "live.html",
  "package-lock.json",
  "package.json",
  "tsconfig.json",
  "vite.config.ts",
];

export function sourceDigest() {
  const inside = readdirSync(`${here}src`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(here.length));
  const digest = createHash("sha256");
  for (const name of [...beside, ...inside.map((name) => name.replaceAll("\\", "/"))].sort()) {
    digest.update(`${name}\n`);
    digest.update(readFileSync(here + name, "utf-8").replaceAll("\r\n", "\n"));
  }
  return digest.digest("hex").slice(0, 16);
}
