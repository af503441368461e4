/** Every sentence that a script says, in Korean and English. What stands on a page as it comes is in the templates. */

/** @type {Record<string, [string, string]>} Korean, English; {name} is filled in */
export const WORDS = {
  start: ['출발', 'Start'],
  arrive: ['도착', 'Arrive'],
  return: ['복귀', 'Return'],

  'seal.ready': ['도장 찍기', 'Stamp now'],
  'seal.again': ['다시 찍기', 'Try again'],
  'seal.setup': ['준비하기', 'Set up'],
  'seal.sign-in': ['로그인', 'Sign in'],
  'seal.locating': ['{seconds}초', '{seconds} s'],
  'seal.searching': ['위치 찾는 중', 'Locating'],
  'seal.done': ['찍었어요', 'Stamped'],
  'hint.ready': ['누를 때 한 번만 위치를 재고, 그 뒤로는 따라가지 않아요.', 'Your location is read once, when you tap. You are not tracked afterwards.'],
  'hint.warm': ['지금 누르면 오차 약 {accuracy}로 찍혀요.', 'Tap now: accurate to about {accuracy}.'],
  'hint.locating': ['위치를 재고 있어요. 길어도 12초면 끝나요.', 'Finding your location. This takes 12 seconds at most.'],
  'hint.practice': ['고른 곳으로 연습 도장을 찍어요.', 'Makes a practice stamp at the place you chose.'],
  'hint.setup': ['먼저 준비를 끝내 주세요. 한 번이면 돼요.', 'Finish setting up first. You only do this once.'],
  'hint.sign-in': ['먼저 로그인해 주세요. 한 번이면 돼요.', 'Sign in first. You only do this once.'],
  'hint.done': ['도장을 기기에 저장했어요.', 'The stamp is stored on this device.'],
  'hint.failed': ['도장을 찍지 못했어요. 이유와 할 일을 아래에 적었어요.', 'No stamp was made. See below for why and what to do.'],
  'hint.stopped': ['그만두었어요. 아무것도 저장하지 않았어요.', 'Stopped. Nothing was stored.'],

  'sheet.title': ['{kind} 도장', '{kind} stamp'],
  'sheet.qr': ['{kind} 도장 QR, 확인 번호 {code}', 'QR of the {kind} stamp, check code {code}'],
  'sheet.left': ['{left} 안에 취소', '{left} left'],
  'sheet.too-late': ['5분이 지나 취소할 수 없어요. 새로 찍고 보고서에 적어 주세요.', 'It is too late to cancel: 5 minutes have passed. Stamp again and note it in your report.'],
  'sheet.not-mine': ['이 기기에서 찍은 도장만 취소할 수 있어요.', 'You can only cancel stamps made on this device.'],
  'sheet.void-failed': ['취소하지 못했어요. 다시 눌러 주세요.', 'The stamp was not cancelled. Try again.'],
  'sheet.voided': ['취소했어요.', 'Cancelled.'],
  'place.later': ['{point} (이름은 보낸 뒤에)', '{point} (named once sent)'],
  'place.unknown': ['장소 모름', 'Place unknown'],
  'accuracy.about': ['오차 약 {accuracy}', 'within about {accuracy}'],
  'accuracy.coarse': ['오차 약 {accuracy} · 부정확 표시', 'within about {accuracy} · low accuracy'],
  'accuracy.unknown': ['알 수 없음', 'unknown'],
  'state.ready': ['보내기를 기다려요', 'Waiting to be sent'],
  'state.sending': ['보내고 있어요', 'Sending'],
  'state.received': ['서버가 받았어요', 'Received by the server'],
  'state.quarantined': ['서버가 받지 않았어요: {reason}', 'Not accepted: {reason}'],
  'state.practice': ['연습이라서 보내지 않아요', 'Practice, not sent'],
  'state.void': ['취소함', 'Cancelled'],
  'short.ready': ['대기', 'Waiting'],
  'short.sending': ['보내는 중', 'Sending'],
  'short.received': ['받음', 'Received'],
  'short.quarantined': ['받지 않음', 'Not accepted'],
  'short.void': ['취소', 'Cancelled'],
  'short.practice': ['연습', 'Practice'],
  'short.coarse': ['부정확', 'Low accuracy'],
  'copied.link': ['링크를 복사했어요.', 'Link copied.'],
  'copied.summary': ['요약을 복사했어요. 보고서에 붙여 넣으세요.', 'Summary copied. Paste it into your report.'],
  'copy.failed': ['복사하지 못했어요. 화면을 길게 눌러 복사해 주세요.', 'Could not copy. Press and hold to copy.'],
  'saved.picture': ['그림을 저장했어요.', 'Image saved.'],
  'share.failed': ['공유하지 못했어요.', 'Could not share.'],
  'file.name': ['도장-{time}.png', 'stamp-{time}.png'],
  'map.label': ['{name}의 윤곽과 찍은 곳', 'Outline of {name} with the place of the stamp'],
  'map.caption': ['{name}. 위쪽이 북쪽이며 길과 건물은 그리지 않아요.', '{name}. North is up. Roads and buildings are not shown.'],
  'summary.head': ['출장 도장 요약', 'Trip stamps'],
  'summary.line': ['{time} {kind} · {place} · {accuracy} · 확인 번호 {code}{marks}', '{time} {kind} · {place} · {accuracy} · check code {code}{marks}'],

  'queue.empty': ['모두 보냈어요.', 'Everything has been sent.'],
  'queue.waiting': ['{count}건이 기다려요 (가장 오래된 것 {age}).', '{count} waiting (oldest: {age}).'],
  'queue.next': ['다음 시도 {time}.', 'Next try at {time}.'],
  'queue.sending': ['지금 보내고 있어요.', 'Sending now.'],
  'queue.stuck': ['서버가 받지 않은 것이 {count}건 있어요. 지워지지 않고 여기 남아 있어요.', '{count} not accepted by the server. They are not deleted and stay here.'],
  'queue.retry': ['다시 보내기', 'Send again'],
  'reason.stamp-quarantined': ['서버가 도장을 받지 않아 취소도 보내지 않았어요.', 'The stamp was not accepted, so its cancellation was not sent.'],
  'reason.bad-receipt': ['서버의 접수증을 확인하지 못했어요.', 'The receipt from the server could not be verified.'],
  'reason.not-json': ['서버의 답을 읽지 못했어요.', 'The answer from the server could not be read.'],
  'reason.network': ['서버에 닿지 않아요.', 'The server cannot be reached.'],
  'reason.timeout': ['서버가 제때 답하지 않았어요.', 'The server did not answer in time.'],
  'reason.http': ['서버에 문제가 있어요 ({status}).', 'The server has a problem ({status}).'],
  'queue.failed': ['저장소를 읽지 못했어요. 앱을 닫았다가 다시 열어 주세요.', 'Stored stamps cannot be read. Close the app and open it again.'],
  'age.now': ['방금', 'just now'],
  'age.minutes': ['{n}분 전', '{n} min ago'],
  'age.hours': ['{n}시간 전', '{n} h ago'],
  'age.days': ['{n}일 전', '{n} days ago'],
  'unsent': ['보낼 것 {count}건', '{count} to be sent'],

  'history.both': ['이 기기와 서버의 기록이에요.', 'Stamps on this device and on the server.'],
  'history.local': ['지금은 서버에 닿지 않아 이 기기의 기록만 보여요.', 'The server cannot be reached. Showing only stamps on this device.'],
  'history.session': ['로그인이 끝나 이 기기의 기록만 보여요. 다시 로그인하면 모두 보여요.', 'You are signed out. Showing only stamps on this device. Sign in again to see all.'],
  'history.trip': ['출장 {trip}', 'Trip {trip}'],

  'step.todo': ['할 일', 'To do'],
  'step.done': ['완료', 'Done'],
  'step.denied': ['막힘', 'Blocked'],
  'step.optional': ['나중에', 'Later'],
  'start.again': ['이어서 준비하기', 'Continue'],
  'start.working': ['준비하고 있어요…', 'Setting up…'],
  'start.ready': ['준비를 마쳤어요. 이제 연습 도장을 찍어 보세요.', 'All set. Now try a practice stamp.'],
  'start.denied': ['위치가 막혀 있어요. 브라우저의 사이트 설정에서 위치를 허용으로 바꾸면 돼요. 연습 도장은 지금도 찍을 수 있어요.', 'Location is blocked. Allow it in your browser’s site settings. You can still make a practice stamp.'],
  'start.no-position': ['허용했지만 지금은 위치가 잡히지 않아요. 출장지에서는 잡힐 거예요.', 'Allowed, but your location was not found yet. It should be found outdoors.'],
  'start.failed': ['준비하지 못했어요: {reason}', 'Set-up did not finish: {reason}'],
  'start.network': ['서버에 닿지 않아요. 통신을 확인하고 다시 눌러 주세요.', 'The server cannot be reached. Check your connection and try again.'],
  'start.installed': ['이미 홈 화면에서 쓰고 있어요.', 'You are already using it from your home screen.'],

  'update.ready': ['새 버전이 있어요.', 'A new version is ready.'],
  'update.now': ['지금 바꾸기', 'Update now'],
  'update.waiting': ['찍기와 보내기가 끝나면 바꿔요.', 'Updates when stamping and sending are finished.'],
  'leave.line': ['보내지 못한 것이 {count}건 있습니다.', '{count} not sent yet.'],
  'leave.sent': ['모두 보냈습니다. 로그아웃합니다.', 'Everything has been sent. Signing out.'],
  'leave.not-sent': ['아직 보내지 못했습니다. 통신을 확인해 주세요.', 'Not sent yet. Check your connection.'],
  'problem.key-revoked': ['이 기기 열쇠가 폐기되었어요. 준비 화면에서 새 열쇠를 만들어 주세요.', 'This device key has been revoked. Make a new one on the set-up page.'],
  'problem.other': ['다시 눌러 주세요. 계속되면 기관 관리자에게 알려 주세요. ({code})', 'Try again. If it keeps happening, tell your administrator. ({code})'],
};

/** @returns {'ko' | 'en'} of this page, or of the browser in the service worker */
export const language = () => (globalThis.document?.documentElement.lang === 'en' ? 'en' : 'ko');

/**
 * @param {string} key of WORDS @param {Record<string, string | number>} [facts]
 * @returns {string} in the language of the page
 */
export function t(key, facts = {}) {
  const sentence = WORDS[key]?.[language() === 'en' ? 1 : 0] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(facts[name] ?? whole));
}
