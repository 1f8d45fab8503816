CREATE SCHEMA IF NOT EXISTS billing;

CREATE TABLE "app_author" ("id" bigserial,"name" text,PRIMARY KEY ("id"),CONSTRAINT "uni_app_author_name" UNIQUE ("name"));

CREATE INDEX IF NOT EXISTS "idx_app_author_name" ON "app_author" ("name");

CREATE TABLE "app_book" ("id" bigserial,"author_id" bigint,"title_of_the_book_in_english" text,PRIMARY KEY ("id"));

CREATE INDEX IF NOT EXISTS "idx_app_book_title_of_6a16109f" ON "app_book" ("title_of_the_book_in_english");

CREATE TABLE "app_author_likes" ("author_id" bigint,"book_id" bigint,PRIMARY KEY ("author_id","book_id"));

