/** What a log-out says, in Korean and English. */
import { WORDS, t } from './words.js';

/** Not in words.js, which every page loads. @type {Record<string, [string, string]>} Korean, English; {name} is filled in */
export const LEAVE_WORDS = {
  'leave.line': ['보내지 못한 도장·사진이 {count}건 있습니다.', 'Stamps and photos not sent yet: {count}'],
  'leave.unknown-title': ['보내지 못한 것이 있는지 알 수 없습니다', 'It is not known whether everything was sent'],
  'leave.unknown': [
    '이 기기의 저장 공간을 읽지 못해 확인할 수 없습니다. 앱을 닫았다가 다시 열어 확인해 주세요.',
    'The storage of this device could not be read. Close the app, open it again and check.',
  ],
  'leave.sent': ['모두 보냈습니다. 로그아웃합니다.', 'Everything has been sent. Signing out.'],
  'leave.failed': [
    '아직 로그아웃되지 않았어요. 이 기기에 있는 것은 그대로예요. 통신을 확인하고 다시 눌러 주세요. 급하면 다른 기기의 내 정보에 있는 ‘로그인한 곳’에서 이 기기를 로그아웃해 주세요.',
    'You are not signed out yet. Everything on this device is as it was. Check your connection and try again. If it is urgent, sign this device out on another one, under “Where you are signed in” of Account.',
  ],
  'leave.not-sent': ['아직 보내지 못했습니다. 통신을 확인해 주세요.', 'Not sent yet. Check your connection.'],
};

Object.assign(WORDS, LEAVE_WORDS);
export { t };
