// A window over the page that has to be dealt with first; afterwards the keyboard goes on from where it was.

export function modal(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  dialog.querySelector<HTMLElement>("h2[tabindex]")?.focus();
  return () => {
    dialog.close(); // the rest of the page cannot be focused while it is open
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}
