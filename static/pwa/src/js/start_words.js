/** What the page on which a person makes this device ready says, in Korean and English. */
import { WORDS, t } from './words.js';

/** Not in words.js, which every page loads. @type {Record<string, [string, string]>} Korean, English; {name} is filled in */
export const START_WORDS = {
  'step.todo': ['할 일', 'To do'],
  'step.done': ['완료', 'Done'],
  'step.denied': ['막힘', 'Blocked'],
  'step.optional': ['나중에', 'Later'],
  'start.again': ['이어서 준비하기', 'Continue'],
  'start.register': ['이 기기 다시 등록', 'Register this device again'],
  'start.agree-again': ['다시 동의하고 시작하기', 'Agree again and start'],
  'start.done': ['연습까지 마쳤어요. 이제 오늘 화면에서 찍으면 돼요.', 'You have practised. You can now stamp on the Today page.'],
  'start.working': ['준비하고 있어요…', 'Setting up…'],
  'start.ready': ['준비를 마쳤어요. 이제 연습 도장을 찍어 보세요.', 'All set. Now try a practice stamp.'],
  'start.denied': ['위치가 막혀 있어요. 브라우저의 사이트 설정에서 위치를 허용으로 바꾸면 돼요. 연습 도장은 지금도 찍을 수 있어요.', 'Location is blocked. Allow it in your browser’s site settings. You can still make a practice stamp.'],
  'start.no-position': ['허용했지만 지금은 위치가 잡히지 않아요. 출장지에서는 잡힐 거예요.', 'Allowed, but your location was not found yet. It should be found outdoors.'],
  'start.failed': ['준비하지 못했어요: {reason}', 'Set-up did not finish: {reason}'],
  'start.network': ['서버에 닿지 않아요. 통신을 확인하고 다시 눌러 주세요.', 'The server cannot be reached. Check your connection and try again.'],
  'start.installed': ['이미 홈 화면에서 쓰고 있어요.', 'You are already using it from your home screen.'],
};

Object.assign(WORDS, START_WORDS);
export { t };
