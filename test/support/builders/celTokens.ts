/** The tokens of an expression in CEL, read as its specification has them (langdef.md, Syntax). */
export function celTokens(text: string): readonly string[] {
  const tokens: string[] = [];
  const token =
    /\s+|'(?:[^'\\\n\r]|\\(?:[\\'ntr]|u[0-9a-f]{4}|U[0-9a-f]{8}))*'|[A-Za-z_]\w*|\d+|&&|\|\||[=!<>]=|[-+.,?:!<>()[\]{}]/uy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [found] = token.exec(text) ?? [];
    if (found === undefined) throw new Error(`no token of CEL: ${text.slice(at, at + 40)}`);
    if (found.trim() !== '') tokens.push(found);
  }
  return tokens;
}

/** Throws unless every bracket is closed by its own kind. */
export function expectBalanced(tokens: readonly string[]): void {
  const closing: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}'};
  const open: string[] = [];
  for (const one of tokens) {
    const close = closing[one];
    if (close !== undefined) open.push(close);
    else if (Object.values(closing).includes(one) && open.pop() !== one) {
      throw new Error(`a ${one} too many`);
    }
  }
  if (open.length > 0) throw new Error(`no ${open.join('')}`);
}

/** What a literal in quotes stands for. */
export function unquoteCel(literal: string): string {
  const plain: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t'};
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gu, (_, short, long, one) =>
      one === undefined
        ? String.fromCodePoint(Number.parseInt(short ?? long, 16))
        : (plain[one] ?? one),
    );
}
