import { data, type Field, floats, int, message, type Shape, text } from './message.js';
import type { OnnxAttribute, OnnxGraph, OnnxTensor } from './model.js';
import { tensor } from './tensor.js';

/** Elements of a list that are kept: forests hold millions, and nobody asks for them. */
const MOST_ELEMENTS = 4096;

/** Bytes of a text that are kept: some operators carry whole programs. */
const MOST_BYTES = 4096;

/** AttributeProto. Tensors in it are weighed, subgraphs walked, a single one kept. */
export function attribute(
  give: (name: string, attribute: OnnxAttribute) => void,
  weigh: (tensor: OnnxTensor) => void,
  subgraph: (keep: (graph: OnnxGraph) => void) => Shape,
): Shape {
  const ints: number[] = [];
  const reals: number[] = [];
  const strings: string[] = [];
  let name = '';
  let held: OnnxTensor | undefined;
  let inner: OnnxGraph | undefined;
  let isCut = false;
  const fields: Record<number, Field> = {};
  const cut = (): void => {
    isCut = true;
  };
  /** Collects a list; what comes after its most elements is skipped like an unknown field. */
  const into =
    <T>(list: T[], field: number) =>
    (value: T): void => {
      if (list.length < MOST_ELEMENTS) list.push(value);
      else {
        cut();
        delete fields[field];
      }
    };
  const string = (field: number) => {
    const keep = into(strings, field);
    return data(MOST_BYTES, (_bytes, content) => (content ? keep(content.toString('utf8')) : cut()));
  };
  fields[1] = text((value) => {
    name = value;
  });
  fields[2] = floats((value) => reals.push(value));
  fields[3] = int((value) => ints.push(value));
  fields[4] = string(4);
  fields[5] = message(() =>
    tensor((found) => {
      weigh(found);
      held = found;
    }),
  );
  fields[6] = message(() =>
    subgraph((graph) => {
      inner = graph;
    }),
  );
  fields[7] = floats(into(reals, 7), cut);
  fields[8] = int(into(ints, 8), cut);
  fields[9] = string(9);
  fields[11] = message(() => subgraph(() => {}));
  return {
    fields,
    done: () =>
      give(name, {
        ints,
        floats: reals,
        strings,
        isCut,
        ...(held && { tensor: held }),
        ...(inner && { graph: inner }),
      }),
  };
}
