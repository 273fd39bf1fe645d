import { mount } from "svelte";
import Live from "./Live.svelte";
import type { Content } from "./protocol";
import "../theme.css";

const content: Content = JSON.parse(document.getElementById("content")!.textContent!);
mount(Live, { target: document.getElementById("page")!, props: { content } });
