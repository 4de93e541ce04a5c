import { type Context, type Inputs, type Json, mainInput, PredictionError, Service } from 'model-archiver/service';

/** Answers each request with the sum of the numbers in its JSON list. Put your own work in place of the sum. */
export default class CustomService extends Service {
  /** Once, before the first batch: load here what every request needs. */
  override initialize(context: Context): void {
    console.log(`${context.modelName} starts on ${context.device.running}`);
  }

  /** One result for each request of the batch, in order. A PredictionError answers only its own request. */
  override handle(batch: readonly Inputs[]): (Json | PredictionError)[] {
    return batch.map((inputs) => {
      const numbers = mainInput(inputs);
      if (!Array.isArray(numbers) || !numbers.every((value) => typeof value === 'number')) {
        return new PredictionError('expected a JSON list of numbers', 400);
      }
      return { sum: numbers.reduce((sum, value) => sum + value, 0) };
    });
  }
}
