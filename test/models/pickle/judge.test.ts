import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AllowList, judge } from '#models/pickle/judge.js';
import type { How } from '#models/pickle/uses.js';
import { use } from './pickles.js';

test('an import may be on the list for one use and not for another', () => {
  const judged = (how: How, ...names: readonly [string, string][]) =>
    names.map(([module, name]) => judge(use(module, name, how)));
  assert.equal(
    judged(
      'called',
      ['collections', 'OrderedDict'],
      ['builtins', 'set'],
      ['__builtin__', 'long'],
      ['torch._utils', '_rebuild_tensor_v2'],
      ['numpy._core.multiarray', 'scalar'],
      ['sklearn.tree._tree', 'Tree'],
      ['pathlib', 'PosixPath'],
      ['argparse', 'Namespace'],
      ['pytz', '_p'],
      ['pyarrow.lib', 'timestamp'],
      ['nltk.probability', 'FreqDist'],
    ),
    Array(11).fill('allowed'),
  );
  assert.equal(judged('made', ['xgboost.sklearn', 'XGBClassifier'], ['sklearn.svm._classes', 'SVC']), [
    'allowed',
    'allowed',
  ]);
  assert.equal(
    judged(
      'made',
      ['gensim.models.word2vec', 'Word2Vec'],
      ['hmmlearn.hmm', 'GaussianHMM'],
      ['lifelines.fitters.coxph_fitter', 'CoxPHFitter'],
      ['gensim.test.utils', 'Corpus'],
      ['nltk.parse.malt', 'MaltParser'],
    ),
    [...Array(3).fill('allowed'), 'unlisted', 'unlisted'],
  );
  assert.equal(
    judged('imported', ['numpy', 'log1p'], ['torch', 'float32'], ['builtins', 'len']),
    Array(3).fill('allowed'),
  );
  assert.equal(
    judged(
      'called',
      ['numpy', 'log1p'],
      ['xgboost.core', 'Booster'],
      ['functools', 'partial'],
      ['sklearn.datasets._base', 'Bunch'],
      ['nets', 'Net'],
    ),
    [...Array(3).fill('unlisted'), 'dangerous', 'unlisted'],
  );
  assert.equal(
    judged(
      'imported',
      ['builtins', 'eval'],
      ['operator', 'methodcaller'],
      ['pickle', 'loads'],
      ['torch', 'load'],
      ['joblib', 'load'],
      ['numpy.testing._private.utils', 'runstring'],
      ['sklearn.externals.joblib', 'load'],
      ['torch.jit.unsupported_tensor_ops', 'execWrapper'],
    ),
    Array(8).fill('dangerous'),
  );
  assert.equal(judged('changed', ['collections', 'OrderedDict']), ['dangerous']);
});

test("a user's list adds names and modules, and refuses what names nothing or runs commands", () => {
  const list = new AllowList(['nets.Net', 'lib.*', 'never.Used']);
  assert.equal(
    [use('nets', 'Net'), use('nets', 'Other'), use('lib.deep', 'X'), use('lib', 'os.path')].map((one) =>
      judge(one, list),
    ),
    ['allowed', 'unlisted', 'allowed', 'dangerous'],
  );
  assert.equal(list.unused, ['never.Used']);
  for (const entry of ['nets', '*', '.*', 'nets.', 'a b.c', 'os.system', 'os.*', 'builtins.*', 'torch.load'])
    assert.throws(() => new AllowList([entry]), /the allow list has/, entry);
});

test.run();
