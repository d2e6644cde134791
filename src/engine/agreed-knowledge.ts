/** What two versions of the program both know of a name: a proof about both may rest on nothing else. */
import type { Knowledge, NameFacts } from '../resources/knowledge.ts';
import type { Signature } from '../resources/signature.ts';

/** The words of each version of a function. */
export interface UsedWords {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

const UNSEEN: Signature = { isSeen: false, mayEnd: false, returns: undefined, parameters: undefined };
const NOT_KNOWN: NameFacts = { kind: 'unknown', from: 'nothing' };

/**
 * The knowledge in which both versions of one function are compared. A name that only one of them uses means what it
 * means there; of all others only that counts on which both agree.
 */
export function agreedKnowledge(before: Knowledge, after: Knowledge, words: UsedWords): Knowledge {
  const sideOf = (word: string): Knowledge | undefined => {
    const [inBefore, inAfter] = [words.before.has(word), words.after.has(word)];
    if (inBefore === inAfter) return undefined;
    return inBefore ? before : after;
  };
  const facts = new Map<string, NameFacts>();
  const factsOf = (name: string): NameFacts => {
    const known = facts.get(name) ?? sideOf(name)?.name(name) ?? agreedFacts(before.name(name), after.name(name));
    facts.set(name, known);
    return known;
  };
  return {
    name: factsOf,
    isVolatileField: (field) => before.isVolatileField(field) || after.isVolatileField(field),
    arePlainMembers: (...names) => [before, after].every((side) => side.arePlainMembers?.(...names) === true),
    members: (...names) => {
      const [one, other] = [before.members?.(...names) ?? [], after.members?.(...names) ?? []];
      return one.length > 0 && other.length > 0 ? [...one, ...other] : [];
    },
    mayBeArrayType: (base) => [before, after].some((side) => side.mayBeArrayType?.(base) !== false),
    constant: (name) => {
      const side = sideOf(name);
      if (side) return side.constant?.(name);
      const [one, other] = [before.constant?.(name), after.constant?.(name)];
      return one && other && one.value === other.value ? other : undefined;
    },
    numberType: (name) => {
      const side = sideOf(name);
      if (side) return side.numberType?.(name);
      const type = after.numberType?.(name);
      return type === before.numberType?.(name) ? type : undefined;
    },
    signature: (name) => {
      const [one, other] = [before, after].map((side) => side.signature?.(name) ?? UNSEEN);
      const side = sideOf(name);
      return side || !one || !other ? (side?.signature?.(name) ?? UNSEEN) : agreedSignature(one, other);
    },
    hiddenScope: (word) => before.hiddenScope?.(word) ?? after.hiddenScope?.(word),
    redefines: (word) => before.redefines?.(word) === true || after.redefines?.(word) === true,
  };
}

/** A body that only one version has may be the other's too; a type counts if both say it. */
function agreedSignature(before: Signature, after: Signature): Signature {
  const isSame = before.parameters?.join() === after.parameters?.join();
  return {
    isSeen: before.isSeen || after.isSeen,
    mayEnd: before.mayEnd || after.mayEnd,
    returns: before.returns === after.returns ? after.returns : undefined,
    parameters: isSame ? after.parameters : undefined,
  };
}

/** All or nothing: the rest of a fact may depend on the part that differs. */
function agreedFacts(before: NameFacts, after: NameFacts): NameFacts {
  return factsText(before) === factsText(after) ? after : NOT_KNOWN;
}

/** Facts without their source, whose line may have moved. */
function factsText(facts: NameFacts): string {
  return JSON.stringify(Object.entries({ ...facts, from: '' }).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
