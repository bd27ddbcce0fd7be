import { ApiError } from "../data/client";
import { isTextKey, useLanguage, useText } from "../i18n";

/**
 * useProblem returns a function that puts an error into the user's words. The service's own messages are
 * English and name the cure; in another language the text for the code is shown instead.
 */
export function useProblem() {
  const text = useText();
  const language = useLanguage();
  return (error: Error): string => {
    const key = error instanceof ApiError ? `problem.${error.code}` : "problem.network";
    if (error instanceof ApiError && language === "en") return error.message;
    if (!isTextKey(key)) return error.message;
    return key === "problem.invalid_request" ? text(key, { message: error.message }) : text(key);
  };
}
