import { ApiError } from "../data/client";
import { isTextKey, useLanguage, useText } from "../i18n";

// What browsers call a request without an answer.
const unanswered = /fetch|network|load failed/i;

/**
 * useProblem returns a function that puts an error into the user's words. The service's own messages are
 * English and name the cure; in another language the text for the code is shown instead.
 */
export function useProblem() {
  const text = useText();
  const language = useLanguage();
  return (error: Error): string => {
    if (!(error instanceof ApiError)) return unanswered.test(error.message) ? text("problem.network") : error.message;
    if (language === "en") return error.message;
    const key = `problem.${error.code}`;
    if (!isTextKey(key)) return error.message;
    return key === "problem.invalid_request" ? text(key, { message: error.message }) : text(key);
  };
}
