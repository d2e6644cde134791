/** A small piece of C as data: enough for functions that acquire, check, release and return. And how it is written. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'null' }
  /** A local, a parameter, the global `G`, or `errno`. */
  | { readonly kind: 'name'; readonly name: string }
  /** `s->n` */
  | { readonly kind: 'field'; readonly base: string; readonly field: string }
  /** `*p` */
  | { readonly kind: 'deref'; readonly name: string }
  | { readonly kind: 'address'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'choice';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly Expression[] };

export type Operator = '+' | '==' | '!=' | '<' | '>=' | '&&' | '||';

export type Type = 'int' | 'char' | 'unsigned char' | '_Bool' | 'long' | 'char *' | 'struct s *' | 'FILE *';

export type Statement =
  | { readonly kind: 'declare'; readonly name: string; readonly type: Type; readonly value: Expression | undefined }
  | { readonly kind: 'assign'; readonly to: Expression; readonly value: Expression }
  /** `to += value` */
  | { readonly kind: 'add'; readonly to: Expression; readonly value: Expression }
  | { readonly kind: 'evaluate'; readonly value: Expression }
  | { readonly kind: 'if'; readonly test: Expression; readonly then: Body; readonly otherwise: Body | undefined }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: Body }
  /** `for (name = 0; name < count; name = name + 1)` */
  | { readonly kind: 'count'; readonly name: string; readonly to: number; readonly body: Body }
  | { readonly kind: 'switch'; readonly value: Expression; readonly cases: readonly Case[] }
  | { readonly kind: 'return'; readonly value: Expression }
  | { readonly kind: 'goto'; readonly label: string }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'block'; readonly body: Body };

export type Body = readonly Statement[];

export interface Case {
  /** Absent: default. */
  readonly value: number | undefined;
  readonly body: Body;
}

export interface Routine {
  readonly returns: 'int' | 'char' | 'long';
  readonly body: Body;
}

/** `f` has these parameters, always. */
export const PARAMETERS: Readonly<Record<string, Type>> = { n: 'int', p: 'char *', s: 'struct s *', t: 'struct s *' };

export function write(routine: Routine): string {
  const parameters = Object.entries(PARAMETERS).map(([name, type]) => declaration(name, type));
  return `${routine.returns} f(${parameters.join(', ')})\n{\n${writeBody(routine.body, 1)}}\n`;
}

function declaration(name: string, type: Type): string {
  return type.endsWith('*') ? `${type}${name}` : `${type} ${name}`;
}

function writeBody(body: Body, depth: number): string {
  return body.map((statement) => `${'    '.repeat(depth)}${writeStatement(statement, depth)}\n`).join('');
}

function braces(body: Body, depth: number): string {
  return `{\n${writeBody(body, depth + 1)}${'    '.repeat(depth)}}`;
}

function writeStatement(statement: Statement, depth: number): string {
  switch (statement.kind) {
    case 'declare': {
      const value = statement.value ? ` = ${writeExpression(statement.value)}` : '';
      return `${declaration(statement.name, statement.type)}${value};`;
    }
    case 'assign':
      return `${writeExpression(statement.to)} = ${writeExpression(statement.value)};`;
    case 'add':
      return `${writeExpression(statement.to)} += ${writeExpression(statement.value)};`;
    case 'evaluate':
      return `${writeExpression(statement.value)};`;
    case 'if': {
      const otherwise = statement.otherwise ? ` else ${braces(statement.otherwise, depth)}` : '';
      return `if (${writeExpression(statement.test)}) ${braces(statement.then, depth)}${otherwise}`;
    }
    case 'while':
      return `while (${writeExpression(statement.test)}) ${braces(statement.body, depth)}`;
    case 'count': {
      const { name } = statement;
      return `for (${name} = 0; ${name} < ${statement.to}; ${name}++) ${braces(statement.body, depth)}`;
    }
    case 'switch': {
      const cases = statement.cases.map((one) => {
        const head = one.value === undefined ? 'default:' : `case ${one.value}:`;
        return `${'    '.repeat(depth)}${head} {\n${writeBody(one.body, depth + 1)}${'    '.repeat(depth)}}\n`;
      });
      return `switch (${writeExpression(statement.value)}) {\n${cases.join('')}${'    '.repeat(depth)}}`;
    }
    case 'return':
      return `return ${writeExpression(statement.value)};`;
    case 'goto':
      return `goto ${statement.label};`;
    case 'label':
      return `${statement.label}:;`;
    case 'block':
      return braces(statement.body, depth);
    default:
      return `${statement.kind};`;
  }
}

function writeExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'null':
      return 'NULL';
    case 'name':
      return expression.name;
    case 'field':
      return `${expression.base}->${expression.field}`;
    case 'deref':
      return `*${expression.name}`;
    case 'address':
      return `&${expression.name}`;
    case 'not':
      return `!${operand(expression.of)}`;
    case 'binary':
      return `${operand(expression.left)} ${expression.operator} ${operand(expression.right)}`;
    case 'choice':
      return `${operand(expression.test)} ? ${operand(expression.then)} : ${operand(expression.otherwise)}`;
    case 'call':
      return `${expression.callee}(${expression.args.map((one) => writeExpression(one)).join(', ')})`;
  }
}

function operand(expression: Expression): string {
  const isAtom =
    !['binary', 'choice'].includes(expression.kind) && !(expression.kind === 'number' && expression.value < 0);
  return isAtom ? writeExpression(expression) : `(${writeExpression(expression)})`;
}
