import { describe, expect, it } from 'vitest';
import { createParser } from '../../src/syntax/parse.ts';
import { addStatistics, NO_STATISTICS, readStatistics } from '../../src/syntax/statistics.ts';

const parser = createParser();

/** Own words in the manner of real trees: each function fails to parse as it stands. */
const REALISTIC = `
static int __init probe_all(struct device __user *dev, int flags UNUSED)
{
	struct node *node;
	char *name = SAFE_MALLOC(16, char *);

	list_for_each_entry(node, &dev->nodes, link) {
		if (node->kind >= ARRAY_SIZE(kinds))
			break;
	}
	switch (flags) {
	case 1 ... 5:
		log_info("flags " FLAG_FORMAT "of " STRINGIFY(MODULE) "\\n", flags);
		return 0;
	}
	SAFE_FREE(name);
	return container_of(dev, struct bus, device)->count;
}

DEFINE_TEST(probe, all) { CHECK(probe_all(NULL, 0), == 0) }
`;

describe('statistics', () => {
  it('counts what parses, and what was masked for it', () => {
    expect(readStatistics(parser, REALISTIC)).toMatchObject({
      functions: 2,
      unscanned: 0,
      parsed: 2,
      clean: 2,
      censusFailures: 0,
      skeletonFailures: 0,
    });
  });

  it('masks a small share of the bodies', () => {
    const { bodyBytes, maskedBytes } = readStatistics(parser, REALISTIC);
    expect(maskedBytes).toBeGreaterThan(0);
    expect(maskedBytes / bodyBytes).toBeLessThan(0.2);
  });

  it('counts what cannot be read', () => {
    const text = 'int f(void)\n{\n#define X 1\n}\nint g(void)\n{\n  WITH(return 1);\n}\nint h(void)\n{\n  if ) ;\n}\n';
    expect(readStatistics(parser, text)).toMatchObject({
      functions: 3,
      unscanned: 1,
      parsed: 2,
      censusFailures: 2,
      skeletonFailures: 1,
    });
  });

  it('leaves out what cannot matter when asked to', () => {
    expect(readStatistics(parser, REALISTIC, true).parsed).toBe(0);
  });

  it('adds up', () => {
    const one = readStatistics(parser, REALISTIC);
    expect(addStatistics(one, NO_STATISTICS)).toEqual(one);
    expect(addStatistics(one, one).bodyBytes).toBe(2 * one.bodyBytes);
  });
});
