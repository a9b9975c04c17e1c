import { logIn, logOut, readCustomer } from './customer.js';
import { announce, byId, fieldOf, setText } from './dom.js';
import { paintHeader } from './header.js';

export function showLogin(): void {
  paintLogin();

  byId<HTMLFormElement>('login').addEventListener('submit', (event) => {
    event.preventDefault();
    const form = byId<HTMLFormElement>('login');
    const customer = logIn(fieldOf(new FormData(form), 'email'));
    // Once: the tracker remembers it on the pages that follow. It gets the customer's number, never the e-mail.
    window.rastro.identify(customer.id);
    form.reset();
    paintLogin();
    byId('account-title').focus();
    announce('You are logged in.');
  });

  byId('logout').addEventListener('click', () => {
    logOut();
    window.rastro.identify(null);
    paintLogin();
    byId('email').focus();
    announce('You are logged out.');
  });
}

/** Shows the form, or the account of who is logged in. Safe to call again at any time. */
export function paintLogin(): void {
  const customer = readCustomer();
  byId('logged-out').hidden = customer !== undefined;
  byId('logged-in').hidden = customer === undefined;
  setText('account-email', customer?.email ?? '');
  setText('account-id', customer?.id ?? '');
  paintHeader();
}
