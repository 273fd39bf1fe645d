// The table behind a figure, and its CSV.

export type Value = string | number;

export interface Table {
  heads: string[];
  rows: Value[][];
}

export function csvOf(table: Table): string {
  const cell = (value: Value) => {
    if (typeof value === "number") return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "";
    // A spreadsheet would run a text that begins like a formula.
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [table.heads, ...table.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`\uFEFF${text}`], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
