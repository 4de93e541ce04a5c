/**
 * Text that Markdown takes for nothing else: no emphasis, code, link, image, HTML, row or mention. An empty comment keeps what GitHub
 * finds in the rendered text (mentions, issues, addresses) from being found.
 */
export function cell(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]|~<>&]/g, (mark) => (mark === '<' ? '&lt;' : mark === '&' ? '&amp;' : `\\${mark}`))
    .replaceAll(/[@#](?=\w)|:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)/gi, (mark) => `${mark}<!-- -->`)
    .replaceAll('\n', ' ');
}
