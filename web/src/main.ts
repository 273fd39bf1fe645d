import { mount } from "svelte";
import App from "./App.svelte";
import "./theme.css";

const embedded = document.getElementById("content")?.textContent?.trim();
const content = embedded ? JSON.parse(embedded) : null;
mount(App, { target: document.getElementById("page")!, props: { content } });
