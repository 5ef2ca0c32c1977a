// Reads KQL with Microsoft's own parser, in a process of its own: the parser is 5 MB of script and wants to be a browser's.
// stdin: {"tables": {TABLE: {COLUMN: TYPE}}, "queries": [TEXT]}; stdout: a JSON list, one entry for each query.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(import.meta.url);
globalThis.window = globalThis;
require('@kusto/language-service-next/bridge.min.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
const { DatabaseSymbol, TableSymbol, ColumnSymbol } = globalThis.Kusto.Language.Symbols;
const { BinaryExpression, FunctionCallExpression, NameReference, PathExpression, SyntaxElement } =
  globalThis.Kusto.Language.Syntax;
const { GlobalState, KustoCode } = globalThis.Kusto.Language;

const { tables, queries } = JSON.parse(await text(process.stdin));
const schema = (columns) => `(${Object.entries(columns).map((column) => column.join(':'))})`;
const symbols = Object.entries(tables).map(([name, columns]) => new TableSymbol.$ctor7(name, schema(columns), ''));
const globals = GlobalState.Default.WithDatabase(new DatabaseSymbol.$ctor3('logs', null, symbols, false));
process.stdout.write(JSON.stringify(queries.map(readQuery)));

function readQuery(query) {
  const code = KustoCode.ParseAndAnalyze(query, globals);
  const found = { problems: problemsOf(code), tables: [], columns: [], properties: [], compared: [] };
  SyntaxElement.WalkNodes(code.Syntax, (node) => note(node, found));
  return found;
}

/** Warnings too: a fuzzy union only warns of a table that does not exist. */
function problemsOf(code) {
  const diagnostics = code.GetDiagnostics();
  return Array.from({ length: diagnostics.Count }, (_, index) => diagnostics.getItem(index)).map(
    ({ Message, Start, Length }) => `${Message} Found: ${code.Text.slice(Start, Start + Length)}`,
  );
}

function note(node, found) {
  if (node instanceof NameReference && node.ReferencedSymbol instanceof TableSymbol) found.tables.push(word(node));
  const optional = /^column_ifexists\(\s*["'](\w+)["']/.exec(node instanceof FunctionCallExpression ? word(node) : '');
  if (optional !== null) found.columns.push(optional[1]);
  if (node instanceof PathExpression) found.properties.push({ of: word(node.Expression), name: word(node.Selector) });
  if (node instanceof BinaryExpression && node.Left.ReferencedSymbol instanceof ColumnSymbol) {
    found.compared.push({ column: word(node.Left), value: unquoted(node.Right) });
  }
}

function word(node) {
  return node.toString().trim();
}

function unquoted(node) {
  return word(node).replace(/^["']|["']$/g, '');
}
