import { defineRule, type Rule } from '../../rule.js';

/** MAR131 to MAR134 and MAR137: digests against the manifest, and formats against targets. */
export const DIGEST_RULES: readonly Rule[] = [
  defineRule({
    id: 'MAR131',
    name: 'digest-mismatch',
    severity: 'error',
    summary: 'a file is not the one that was packed',
    why: 'Its SHA-256 differs from the one the archiver recorded in the manifest: it was changed after packing, by accident or on purpose. Multi Model Server and TorchServe do not look.',
    remedy: 'Take the archive from its source again, or pack it again after the change.',
    example: { failing: 'service.mjs edited inside the archive', passing: 'an archive as `mar build` wrote it' },
    needs: ['integrity'],
    *check({ integrity }) {
      for (const { entry, kind, found, expected } of integrity.digests) {
        if (kind !== 'changed') continue;
        yield {
          message: `${entry} was changed after packing`,
          at: { entry },
          ...(found && { found }),
          ...(expected && { expected }),
        };
      }
    },
  }),
  defineRule({
    id: 'MAR132',
    name: 'packed-file-missing',
    severity: 'error',
    summary: 'a file that was packed is gone',
    why: 'The manifest records it, so the handler probably reads it.',
    remedy: 'Take the archive from its source again, or pack it again.',
    example: { failing: 'zip -d model.mar synset.txt', passing: 'an archive as `mar build` wrote it' },
    needs: ['integrity'],
    *check({ integrity }) {
      for (const { entry, kind } of integrity.digests)
        if (kind === 'missing')
          yield { message: `${entry} is recorded in the manifest and not in the archive`, at: { entry } };
    },
  }),
  defineRule({
    id: 'MAR133',
    name: 'file-added',
    severity: 'warning',
    summary: 'a file was added after packing',
    why: 'No digest covers it. It is unpacked like the others, and a Python file beside the handler can replace a module it imports.',
    remedy: 'Put it into the model directory and pack again.',
    example: { failing: 'zip model.mar json.py', passing: 'an archive as `mar build` wrote it' },
    needs: ['integrity'],
    *check({ integrity }) {
      for (const { entry, kind } of integrity.digests)
        if (kind === 'unlisted') yield { message: `${entry} was added after packing`, at: { entry } };
    },
  }),
  defineRule({
    id: 'MAR134',
    name: 'tarball-layout',
    severity: { mms: 'error', torchserve: 'error' },
    summary: 'the server does not find the manifest in a gzipped tar of this layout',
    why: 'Multi Model Server reads zip only; TorchServe reads a gzipped tar whose files all lie in one folder, as its archiver writes it. Otherwise both answer 400 "Model name is not defined." (measured).',
    remedy:
      'Pack with `--archive-format default`; or, for Multi Model Server, unpack the tar into the model store: a directory is loaded in place.',
    example: { failing: 'model.tar.gz registered at Multi Model Server', passing: 'model.mar' },
    needs: ['archive'],
    *check({ archive }) {
      if (archive.format !== 'tgz') return;
      yield { message: 'the archive is a gzipped tar', found: 'tgz', expected: 'zip or a directory', targets: ['mms'] };
      if (archive.root === '')
        yield {
          message: 'the files of the tar do not lie in one folder',
          expected: 'NAME/MAR-INF/MANIFEST.json',
          targets: ['torchserve'],
        };
    },
  }),
  defineRule({
    id: 'MAR137',
    name: 'sagemaker-tarball',
    severity: { sagemaker: 'warning' },
    summary: 'SageMaker unpacks gzipped tars only, and its toolkit looks for the manifest at their top',
    why: 'An endpoint downloads one model.tar.gz and unpacks it to /opt/ml/model (AWS documentation); a zip stays packed. Containers of the inference toolkit register /opt/ml/model itself: a manifest in a folder below it is not seen, and the toolkit asks for a model_fn instead (measured with sagemaker-inference 1.10.1). A server with load_models=ALL over /opt/ml/model registers the folders in it, and wants just that folder.',
    remedy:
      'Pack with `--target sagemaker`, which writes `--archive-format tgz-flat`; for a container whose server has load_models=ALL, pack with `--archive-format tgz` and leave the rule out with `--ignore`.',
    example: {
      failing: 'model.mar, or model.tar.gz with NAME/MAR-INF/MANIFEST.json in it',
      passing: 'model.tar.gz with MAR-INF/MANIFEST.json in it',
    },
    needs: ['archive'],
    *check({ archive }) {
      if (archive.format === 'zip') yield { message: 'the archive is a zip', found: 'zip', expected: 'tgz-flat' };
      if (archive.format === 'tgz' && archive.root !== '')
        yield {
          message: `the files of the tar lie in the folder ${archive.root}: a server with load_models=ALL loads it, the inference toolkit does not`,
          found: 'tgz',
          expected: 'tgz-flat',
        };
    },
  }),
  defineRule({
    id: 'MAR138',
    name: 'too-large-to-check',
    severity: 'error',
    summary: 'a file that must be parsed is larger than anything honest',
    why: 'Nothing can be proved about what is not looked at: a manifest of 24 MB, a Python handler of 512 kB, a configuration of 64 kB or a golden case of 16 MB are given up on.',
    remedy: 'Move data out of code and configuration, or leave the rule out with `--ignore` if the file is meant.',
    example: { failing: 'service.py with a megabyte of tables in it', passing: 'service.py and tables.json' },
    needs: ['unseen'],
    *check({ unseen }) {
      for (const message of unseen) yield { message };
    },
  }),
];
