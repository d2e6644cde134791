/** Markdown as all reports write it. */

/** A heading with a table; nothing where there are no rows. */
export function section(title: string, heads: readonly string[], rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  return [`## ${title}\n`, `${row(heads)}${row(heads.map(() => '---'))}${rows.join('')}`];
}

/** One line of a table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |\n`;
}

/** A cell is one line, and a bar would end it, between backticks too. */
function cell(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ').replaceAll('|', '\\|');
}

/** A place between backticks. */
export function place(path: string, line: number): string {
  return code(`${path}:${line}`);
}

/** A name between backticks, more of them than stand in a row in it. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${text}\`` : `${ticks} ${text} ${ticks}`;
}
